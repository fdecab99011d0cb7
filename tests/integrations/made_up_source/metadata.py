"""What the made-up source offers."""

from __future__ import annotations

from datetime import timedelta

from engine.advice.economy.figures import Total
from engine.advice.evidence.datasets import DataSetMetadata, Kind, Requirement, Title

LOANS = DataSetMetadata(
    id="made_up_source.loans",
    title=Title(nb="Den oppdiktede kilden", nn="Den oppdikta kjelda", en="The made-up source"),
    kind=Kind.LOANS,
    feeds=(Total.DEBT,),
    requirement=Requirement.CONSENT,
    channel="made-up",
    resource="made-up-loans",
    timeout=timedelta(seconds=2),
    max_age=timedelta(days=1),
    channel_today=False,
    legal_reference="samtykke",
)
DATA_SETS = (LOANS,)
