"""What Brønnøysundregistrene offer."""

from __future__ import annotations

from datetime import timedelta

from engine.advice.evidence.datasets import NO_CHANNEL, DataSetMetadata, Kind, Requirement, Title

ENTERPRISES = DataSetMetadata(
    id="brreg.enterprises",
    title=Title(nb="Brønnøysundregistrene", nn="Brønnøysundregistra", en="The Brønnøysund Registers"),
    kind=Kind.BUSINESS,
    feeds=(),
    requirement=Requirement.OPEN,
    channel=NO_CHANNEL,
    resource="enheter",
    timeout=timedelta(seconds=8),
    max_age=timedelta(days=1),
    channel_today=True,
    legal_reference="enhetsregisterloven § 22",
    mistakes=Title(
        nb="Meld endringen til Enhetsregisteret med Samordnet registermelding på altinn.no.",
        nn="Meld endringa til Einingsregisteret med Samordna registermelding på altinn.no.",
        en="Notify the register of the change with the Coordinated register notification on altinn.no.",
    ),
)
DATA_SETS = (ENTERPRISES,)
