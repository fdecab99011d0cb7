"""Groups that repeat, pages and summaries: drawn from the data, read back from what was posted."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from forms.layout import MAX_ROWS, Field, Form, Row, every, fields
from forms.reading import read
from forms.values import Value

SCHEMA: dict[str, Any] = {
    "properties": {
        "debts": {
            "type": "array",
            "items": {
                "properties": {"amount": {"type": "number", "unit": "NOK"}, "to": {"type": "string"}},
                "required": ["amount"],
            },
        }
    }
}
GROUP = {
    "id": "g",
    "type": "RepeatingGroup",
    "dataModelBindings": {"group": "debts"},
    "children": ["amount", "to"],
    "maxCount": 3,
}
AMOUNT = {"id": "amount", "type": "Input", "dataModelBindings": {"simpleBinding": "debts.amount"}}
TO = {"id": "to", "type": "Input", "dataModelBindings": {"simpleBinding": "debts.to"}}


def form(*pages: list[dict[str, Any]], requested_rows: int | None = None) -> Form:
    files = {f"P{n}.json": json.dumps({"data": {"layout": page}}).encode() for n, page in enumerate(pages)}
    return Form(files, SCHEMA, lambda _: [], "t", lambda _: requested_rows)


def drawn(
    what: Form, data: dict[str, Any], hidden: Callable[[list[Value], Row], bool] | None = None
) -> tuple[Field, ...]:
    def evaluate(expression: Value, row: Row = ()) -> Value:
        return hidden(expression, row) if hidden and isinstance(expression, list) else expression

    return fields(what, data, evaluate, lambda key: key)


def test_a_row_for_each_in_the_data_and_one_when_there_is_none() -> None:
    (group,) = drawn(form([GROUP, AMOUNT, TO]), {"debts": [{"amount": 3}, {"amount": 4}]})
    assert [(f.id, f.path, f.value, f.suffix) for f in group.rows[1]] == [
        ("amount-1", "debts[1].amount", 4, "kr"),
        ("to-1", "debts[1].to", None, ""),
    ]
    assert group.more and len(drawn(form([GROUP, AMOUNT, TO]), {})[0].rows) == 1


@pytest.mark.parametrize(
    ("requested_rows", "rows", "more"), [(2, 2, True), (3, 3, False), (900, 3, False), (0, 1, True)]
)
def test_the_browser_may_ask_for_rows_up_to_the_most(requested_rows: int, rows: int, more: bool) -> None:
    (group,) = drawn(form([GROUP, AMOUNT, TO], requested_rows=requested_rows), {})
    assert (len(group.rows), group.more) == (rows, more)
    unlimited = {name: value for name, value in GROUP.items() if name != "maxCount"}
    assert len(drawn(form([unlimited, AMOUNT], requested_rows=900), {})[0].rows) == MAX_ROWS


def test_what_is_posted_becomes_rows_and_empty_ones_at_the_end_are_not_there() -> None:
    found = drawn(form([GROUP, AMOUNT, TO], requested_rows=3), {})
    posted = {"debts[0].amount": ["1 000 kr"], "debts[0].to": ["Banken"], "debts[2].to": [" "]}
    assert read(found, SCHEMA, lambda path: posted.get(path, [])) == {"debts": [{"amount": 1000, "to": "Banken"}]}
    posted["debts[2].to"] = ["Andre"]
    rows = read(found, SCHEMA, lambda path: posted.get(path, []))["debts"]
    assert rows == [{"amount": 1000, "to": "Banken"}, {}, {"to": "Andre"}]


def test_an_expression_in_a_row_sees_its_own_row() -> None:
    hidden = {**TO, "hidden": ["dataModel", "debts.amount"]}
    data = {"debts": [{"amount": 1}, {"amount": 2}]}
    (group,) = drawn(form([GROUP, AMOUNT, hidden]), data, lambda _, row: data["debts"][row[0][1]]["amount"] == 2)
    assert [len(row) for row in group.rows] == [2, 1]


def test_pages_are_told_apart_and_a_summary_repeats_what_stands_before_it() -> None:
    note = {"id": "note", "type": "Input", "dataModelBindings": {"simpleBinding": "note"}}
    all_of_it, first = {"id": "s", "type": "Summary2"}, {"id": "s1", "type": "Summary2", "target": {"id": "P0"}}
    found = drawn(form([GROUP, AMOUNT], [note, all_of_it, first]), {"note": "x"})
    assert [f.kind for f in found] == ["page", "rows", "page", "text", "summary", "summary"]
    assert [f.path for f in found[4].rows[0]] == ["debts[0].amount", "note"]
    assert [f.path for f in found[5].rows[0]] == ["debts[0].amount"]
    assert [f.path for f in every(found) if f.path] == ["debts", "debts[0].amount", "note"]


def test_a_group_that_does_not_repeat_keeps_its_fields_where_they_are() -> None:
    group = {"id": "g", "type": "Group", "children": ["a"]}
    note = {"id": "a", "type": "Input", "dataModelBindings": {"simpleBinding": "note"}}
    (found,) = drawn(form([group, note]), {"note": "x"})
    assert found.kind == "group" and found.rows[0][0].path == "note"
