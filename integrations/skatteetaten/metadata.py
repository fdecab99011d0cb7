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
    mistakes=Title(
        nb="Ta kontakt med den som betalte deg. Det er den som melder beløpet til Skatteetaten, og som må rette det.",
        nn="Ta kontakt med den som betalte deg. Det er den som melder beløpet til Skatteetaten, og som må rette det.",
        en="Contact whoever paid you. The payer reports the amount to the Tax Administration and corrects the report.",
    ),
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
    mistakes=Title(
        nb="Endre skattemeldingen din på skatteetaten.no. Det kan du også gjøre for tidligere år.",
        nn="Endre skattemeldinga di på skatteetaten.no. Det kan du også gjere for tidlegare år.",
        en="Change your tax return on skatteetaten.no. You can do so for earlier years too.",
    ),
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
    mistakes=Title(
        nb="Ta kontakt med Skatteetaten eller Statens innkrevingssentral, den av dem som krever pengene.",
        nn="Ta kontakt med Skatteetaten eller Statens innkrevjingssentral, den av dei som krev pengane.",
        en="Contact the Tax Administration or the National Collection Agency, whichever claims the money.",
    ),
    timeout=timedelta(seconds=8),
    max_age=timedelta(days=1),
    channel_today=False,
    legal_reference="skatteforvaltningsloven § 3-3, samtykke",
)
#: Each has a host of its own: ``{service}`` in the setting of the address is its name.
SERVICES = ("inntekt", "summertskattegrunnlag", "sistetilgjengeligeskatteoppgjoer", "kravogbetalinger")
DATA_SETS = (INCOME, TAX_BASE, CLAIMS)
