"""What a bank offers."""

from __future__ import annotations

from datetime import timedelta

from engine.advice.economy.figures import Total
from engine.advice.evidence.datasets import DataSetMetadata, Kind, Requirement, Title

ACCOUNTS = DataSetMetadata(
    id="bank.accounts",
    title=Title(nb="Banken", nn="Banken", en="The bank"),
    kind=Kind.SPENDING,
    feeds=(Total.DEBT, Total.ASSETS, Total.SPENDING),
    requirement=Requirement.CONSENT,
    channel="bank",
    resource="ais",
    timeout=timedelta(seconds=8),
    max_age=timedelta(hours=12),
    channel_today=True,
    legal_reference="PSD2 artikkel 67, finansavtaleloven § 4-3",
    one_of="bank",
)
DATA_SETS = (ACCOUNTS,)
