"""Stored JSON: what goes into a column or under seal comes out as it was, the decimal point and the scale too."""

from __future__ import annotations

import json
import math
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, text, update
from sqlalchemy.dialects import sqlite

from engine.application import Application
from engine.platform import stored_json
from engine.platform.db import Json
from engine.platform.quarantine import quarantined_row
from engine.studio.tables import metadata
from tests.factories.sampling import examples

NUMERIC_TEXTS = ("12.50", "12.50E0", "1e3", "-0", "0012", '"12.50E0"', "NaN")
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False) | st.decimals(
    min_value=-(10**9), max_value=10**9, places=2
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | DECIMALS
    | st.text()
    | st.sampled_from(NUMERIC_TEXTS)
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | st.sampled_from(NUMERIC_TEXTS), inner),
    max_leaves=12,
)
SQLITE = sqlite.dialect()
COLUMNS = sorted({str(column) for table in metadata.sorted_tables for column in table.c if type(column.type) is Json})


def told(value: object) -> str:
    """The value with its types and scales: ``12.50`` is neither ``12.5``, nor a float, nor text."""
    return repr(value)


@settings(max_examples=examples(60))
@given(value=VALUES, sort_keys=st.booleans())
def test_a_value_is_read_back_as_it_was(value: object, sort_keys: bool) -> None:
    written = stored_json.encode(value, sort_keys=sort_keys)

    found = stored_json.decode(written)

    assert found == value
    assert told(found) == told(value) or sort_keys
    assert stored_json.encode(found, sort_keys=True) == stored_json.encode(value, sort_keys=True)
    json.loads(written)  # whoever else reads it finds JSON


@settings(max_examples=examples(40))
@given(value=VALUES.filter(lambda value: "Decimal" not in repr(value)))
def test_a_value_without_decimals_is_written_as_before(value: object) -> None:
    before = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)

    assert stored_json.encode(value) == before
    assert told(stored_json.decode(before)) == told(json.loads(before))


def test_every_json_column_keeps_decimals_and_seals_do(application: Application, anne: str) -> None:
    """Each table's own type, through a real database of either kind; the vault's seal beside it."""
    row = {"id": "1", "table_name": "t", "rule": "r", "content": None, "at": application.clock.now()}
    with application.db.write() as connection:
        connection.execute(insert(quarantined_row).values(row | {"content": {}}))

        @settings(max_examples=examples(40))
        @given(value=VALUES.filter(lambda value: value is not None))
        def kept(value: object) -> None:
            connection.execute(update(quarantined_row).values(content=value))
            assert told(connection.execute(select(quarantined_row.c.content)).scalar_one()) == told(value)
            sealed = application.vault.seal(connection, anne, "a.b:1", value)
            assert told(application.vault.open(connection, anne, "a.b:1", sealed)) == told(value)

        kept()


@pytest.mark.parametrize("name", COLUMNS)
@given(value=VALUES)
@settings(max_examples=examples(5))
def test_each_column_hands_back_what_it_was_given(name: str, value: object) -> None:
    table, _, column = name.partition(".")
    kind = metadata.tables[table].c[column].type
    stored, read = kind.bind_processor(SQLITE), kind.result_processor(SQLITE, None)

    assert told(read(stored(value))) == told(value)


def test_the_functions_of_the_database_see_a_number(application: Application) -> None:
    content = {"debt": {"rest": Decimal("12.50")}}
    row = {"id": "1", "table_name": "t", "rule": "r", "content": content, "at": application.clock.now()}
    path = (
        "json_extract(content, '$.debt.rest')"
        if application.db.sqlite
        else "(content::jsonb #>> '{debt,rest}')::numeric"
    )
    with application.db.write() as connection:
        connection.execute(insert(quarantined_row).values(row))

        found = connection.execute(text(f"SELECT count(*) FROM quarantined_row WHERE {path} BETWEEN 12.4 AND 12.6"))  # noqa: S608

        assert found.scalar_one() == 1


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), math.nan, -math.inf])
def test_a_number_that_is_none_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="JSON"):
        stored_json.encode({"amount": [value]})


@pytest.mark.parametrize("value", [b"bytes", {1, 2}, object(), {Decimal(1): "as a key"}])
def test_what_is_no_json_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        stored_json.encode({"decimal": Decimal("1.0"), "other": value})


def test_a_number_beyond_any_exponent_is_no_json() -> None:
    with pytest.raises(ValueError, match="exponent"):
        stored_json.decode("1E99999999999999999999")
