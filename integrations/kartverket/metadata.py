"""What Kartverket offers: the same register, by the citizen's mandate and by statute for an estate."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from engine.advice.economy.figures import Total
from engine.advice.evidence.datasets import MANDATE, NO_CHANNEL, DataSetMetadata, Kind, Requirement, Title

PROPERTY = DataSetMetadata(
    id="kartverket.property",
    title=Title(nb="Kartverket", nn="Kartverket", en="The Mapping Authority"),
    kind=Kind.PROPERTY,
    feeds=(Total.ASSETS,),
    requirement=Requirement.MANDATE,
    channel=MANDATE,
    resource="andeler",
    scope="kartverk:oed",
    timeout=timedelta(seconds=8),
    max_age=timedelta(days=31),
    channel_today=False,
    legal_reference="tinglysingsloven § 38, fullmakt",
    mistakes=Title(
        nb="Ta kontakt med tinglysingen hos Kartverket. Den retter feil i grunnboken.",
        nn="Ta kontakt med tinglysinga hos Kartverket. Ho rettar feil i grunnboka.",
        en="Contact the land registration of the Mapping Authority. It corrects errors in the land register.",
    ),
)
ESTATE_PROPERTY = replace(
    PROPERTY,
    id="estate.property",
    title=Title(nb="Eiendom (Kartverket)", nn="Eigedom (Kartverket)", en="Property (land registry)"),
    requirement=Requirement.STATUTE,
    channel=NO_CHANNEL,
    channel_today=True,
    legal_reference="arveloven § 88 a, forskrift om Digitalt dødsbo",
    subject_role="avdode",
)
DATA_SETS = (PROPERTY, ESTATE_PROPERTY)
