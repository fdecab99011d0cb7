"""What debt collectors offer."""

from __future__ import annotations

from datetime import timedelta

from engine.advice.economy.figures import Total
from engine.advice.evidence.datasets import MANDATE, DataSetMetadata, Kind, Requirement, Title

CLAIMS = DataSetMetadata(
    id="inkasso.claims",
    title=Title(nb="Inkassobyråene", nn="Inkassobyråa", en="The debt collectors"),
    kind=Kind.LOANS,
    feeds=(Total.DEBT,),
    requirement=Requirement.MANDATE,
    channel=MANDATE,
    resource="saldo",
    scope="inkasso:saldo",
    timeout=timedelta(seconds=8),
    max_age=timedelta(days=1),
    channel_today=False,
    legal_reference="fullmakt, inkassoloven § 8",
    mistakes=Title(
        nb="Skriv til inkassobyrået at du er uenig i kravet, og hvorfor. Be om skriftlig svar, og ta vare på kopien.",
        nn="Skriv til inkassobyrået at du er usamd i kravet, og kvifor. Be om skriftleg svar, og ta vare på kopien.",
        en="Write to the collector that you dispute the claim, and why. Ask for a written answer, and keep the copy.",
    ),
)
DATA_SETS = (CLAIMS,)
