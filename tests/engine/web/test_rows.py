"""Rows of a repeating group: whichever is removed, the others stay as they were written."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from flask import Flask

from engine.web.shared import forms
from forms.layout import Field

SCHEMA = {
    "type": "object",
    "properties": {"debts": {"type": "array", "items": {"type": "object", "properties": {"who": {"type": "string"}}}}},
}


def after(names: list[str], pressed: str) -> list[str | None]:
    """Who stands in the rows after a press."""
    sent = {f"debts[{number}].who": name for number, name in enumerate(names)}
    with Flask("x").test_request_context("/", method="POST", data={**sent, "debts#": str(len(names)), "row": pressed}):
        count = forms.rows_asked("debts") or 0
        rows = tuple((Field(f"who-{number}", "text", f"debts[{number}].who"),) for number in range(count))
        form = cast(Any, SimpleNamespace(fields=(Field("debts", "rows", "debts", rows=rows),), schema=SCHEMA))
        content = forms.reshaped(form, forms.posted(form)) or {}
    return [row.get("who") for row in content.get("debts", [])]


@pytest.mark.parametrize(("many", "at"), [(many, at) for many in range(1, 5) for at in range(many)])
def test_any_row_of_any_number_is_removed_alone(many: int, at: int) -> None:
    names = ["A", "B", "C", "D"][:many]

    assert after(names, f"-debts#{at}") == names[:at] + names[at + 1 :]


def test_a_row_more_leaves_the_others_and_a_row_that_is_not_there_removes_none() -> None:
    assert after(["A", "B"], "+debts")[:2] == ["A", "B"]
    assert after(["A", "B"], "-debts#2") == ["A", "B"]
