"""The assessment of a start-up on paper: the plan, the three scenarios and what they say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from engine.advice.documents.page import gap, heading, table, text, write
from engine.advice.economy.enk.startup import DueDiligence, Plan
from forms.formatting import kroner, long_date

Words = Callable[..., str]


def render(plan: Plan, found: DueDiligence, *, name: str, words: Words, language: str, made_at: datetime) -> bytes:
    """A PDF. *words* gives the text of a key with its values."""

    def kr(value: object) -> str:
        return kroner(value, language)  # type: ignore[arg-type]

    story = [
        heading(words("startup.title")),
        text(name, 12),
        text(f"{long_date(made_at, language)}. {words('enk.rough')}", 8.5),
        gap(),
        text(words(f"startup.verdict.{found.verdict.value}"), 11, bold=True),
        heading(words("startup.plan"), 2),
        table(
            [
                [words("startup.what"), words("startup.amount")],
                *(
                    [words(f"startup.plan.{field}"), kr(getattr(plan, field))]
                    for field in ("turnover", "costs", "start_costs", "savings", "other_income", "spending")
                ),
            ],
            [120, 50],
        ),
        gap(),
        heading(words("startup.scenarios"), 2),
        table(
            [
                [words("startup.what"), *(words(f"startup.scenario.{one.name}") for one in found.scenarios)],
                [words("startup.profit"), *(kr(one.profit) for one in found.scenarios)],
                [words("startup.tax"), *(kr(one.tax) for one in found.scenarios)],
                [words("startup.left"), *(kr(one.left) for one in found.scenarios)],
                [
                    words("startup.runway"),
                    *(
                        words("startup.lasts") if one.runway is None else words("startup.months", count=one.runway)
                        for one in found.scenarios
                    ),
                ],
            ],
            [55, 38, 38, 38],
        ),
    ]
    return write(words("startup.title"), story, language)
