"""What Skatteetaten offers: three services, each with its own consent resource and scope."""

from __future__ import annotations

from datetime import timedelta

from engine.advice.economy.figures import Total
from engine.advice.evidence.datasets import DataSetMetadata, Kind, Requirement, Title

INCOME = DataSetMetadata(
    id="skatteetaten.income",
    title=Title(nb="Skatteetaten, inntekt", nn="Skatteetaten, inntekt", en="The Tax Administration, income"),
    kind=Kind.INCOME,
    feeds=(Total.INCOME,),
    requirement=Requirement.CONSENT,
    channel="altinn",
    resource="ske-samtykke-sbl-inntekt",
    consent_parameters=("fraogmed", "tilogmed"),
    scope="skatteetaten:inntekt",
    timeout=timedelta(seconds=8),
    max_age=timedelta(days=31),
    channel_today=False,
    legal_reference="skatteforvaltningsloven § 3-3, samtykke",
)
TAX_BASE = DataSetMetadata(
    id="skatteetaten.taxbase",
    title=Title(
        nb="Skatteetaten, skattegrunnlag", nn="Skatteetaten, skattegrunnlag", en="The Tax Administration, tax base"
    ),
    kind=Kind.PROPERTY,
    feeds=(Total.ASSETS,),
    requirement=Requirement.CONSENT,
    channel="altinn",
    resource="ske-samtykke-sbl-summert-skattegrunnlag",
    consent_parameters=("inntektsaar",),
    scope="skatteetaten:summertskattegrunnlag",
    timeout=timedelta(seconds=8),
    max_age=timedelta(days=31),
    channel_today=False,
    legal_reference="skatteforvaltningsloven § 3-3, samtykke",
)
CLAIMS = DataSetMetadata(
    id="skatteetaten.claims",
    title=Title(
        nb="Skatteetaten og Statens innkrevingssentral, krav",
        nn="Skatteetaten og Statens innkrevingssentral, krav",
        en="The Tax Administration and the National Collection Agency, claims",
    ),
    kind=Kind.LOANS,
    feeds=(Total.DEBT,),
    requirement=Requirement.CONSENT,
    channel="altinn",
    resource="ske-samtykke-krav-og-betalinger",
    scope="skatteetaten:kravogbetalinger",
    timeout=timedelta(seconds=8),
    max_age=timedelta(days=1),
    channel_today=False,
    legal_reference="skatteforvaltningsloven § 3-3, samtykke",
)
DATA_SETS = (INCOME, TAX_BASE, CLAIMS)
