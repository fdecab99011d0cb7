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
    mistakes=Title(
        nb="Skriv til banken i nettbanken, eller ring den. Den retter kontoen, lånet eller kortet hos seg.",
        nn="Skriv til banken i nettbanken, eller ring han. Han rettar kontoen, lånet eller kortet hos seg.",
        en="Write to the bank in its online bank, or call it. It corrects the account, loan or card in its books.",
    ),
)
DATA_SETS = (ACCOUNTS,)
