"""Which office serves which municipality: one a line, each once, and no number that is none."""

from __future__ import annotations

import pytest

from engine.studio.office_areas import Area, AreaError, read, written

LILLESTROM = Area("3205", "312345672", "Nav Lillestrøm")
BRONNOYSUND = Area("1813", "313367002", "Nav Brønnøy")


def test_what_is_written_is_read_the_same_by_municipality() -> None:
    text = "\n 3205  312345672 Nav Lillestrøm \n\n1813 313367002 Nav Brønnøy\n"

    assert read(text) == (BRONNOYSUND, LILLESTROM)
    assert read(written(read(text))) == (BRONNOYSUND, LILLESTROM)
    assert read(" \n") == ()


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("3205 312345672", "shape"),
        ("320 312345672 Nav", "shape"),
        ("3205 31234567 Nav", "shape"),
        ("Lillestrøm 312345672 Nav", "shape"),
        (f"3205 312345672 {'x' * 101}", "shape"),
        ("1813 312345672 Nav", "twice"),
    ],
)
def test_the_first_line_that_is_wrong_is_named_with_why(line: str, rule: str) -> None:
    with pytest.raises(AreaError) as error:
        read(f"1813 313367002 Nav Brønnøy\n\n{line}")
    assert (error.value.line, error.value.rule) == (3, rule)
