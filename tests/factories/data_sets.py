"""Data sets for tests that need one, whatever it offers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from engine.advice.economy.figures import Figures, Total
from engine.advice.evidence.datasets import (
    DataSet,
    Evidence,
    EvidenceRequest,
    EvidenceState,
    Kind,
    Requirement,
    Title,
)


def nothing(asked: EvidenceRequest) -> Evidence:
    """An answer without content."""
    return Evidence(EvidenceState.EMPTY, Figures())


def data_set(identity: str, **more: object) -> DataSet:
    """A data set of loans by consent at Altinn that answers nothing, but for what *more* says."""
    told: dict[str, Any] = {
        "title": Title(nb=identity, nn=identity, en=identity),
        "kind": Kind.LOANS,
        "feeds": (Total.DEBT,),
        "requirement": Requirement.CONSENT,
        "channel": "altinn",
        "resource": "loans",
        "timeout": timedelta(seconds=8),
        "max_age": timedelta(days=1),
        "channel_today": True,
        "legal_reference": "samtykke",
        "fetch": nothing,
    }
    return DataSet(id=identity, **{**told, **more})
