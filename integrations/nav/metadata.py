"""What Nav offers."""

from __future__ import annotations

from datetime import timedelta

from engine.advice.economy.figures import Total
from engine.advice.evidence.datasets import MANDATE, DataSetMetadata, Kind, Requirement, Title

BENEFITS = DataSetMetadata(
    id="nav.benefits",
    title=Title(nb="Nav", nn="Nav", en="Nav"),
    kind=Kind.INCOME,
    feeds=(Total.INCOME,),
    requirement=Requirement.MANDATE,
    channel=MANDATE,
    resource="utbetaldata",
    scope="nav:utbetaldata",
    timeout=timedelta(seconds=8),
    max_age=timedelta(days=1),
    channel_today=False,
    legal_reference="fullmakt, personvernforordningen artikkel 9 nr. 2 a",
    mistakes=Title(
        nb="Skriv til Nav på nav.no, eller ring dem. De ser utbetalingene dine og kan rette dem.",
        nn="Skriv til Nav på nav.no, eller ring dei. Dei ser utbetalingane dine og kan rette dei.",
        en="Write to Nav on nav.no, or call them. They see your payments and can correct them.",
    ),
)
DATA_SETS = (BENEFITS,)
