"""Room between things is given by the gap of what holds them: no new margin in the style sheets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[2] / "engine" / "web" / "static"
#: Margins there were when gaps became the rule. A number may only go down: take the rule away and lower it here.
MARGINS = {"app.css": 47, "modeller.css": 3, "no-print.css": 0, "theme.css": 0}
#: Words of ours that hold others and give them room; a margin in one of them is its own matter.
PRIMITIVES = re.compile(r"\.(stack|cluster|split|panels|columns|facts|buttons|inline|legend)\b")


def margins(css: str) -> list[str]:
    """The rules that push by a margin, as their selectors. To take a margin away, or to centre, pushes nothing."""
    without_comments = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    return [
        " ".join(selector.split())
        for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", without_comments)
        if not PRIMITIVES.search(selector)
        and any(re.search(r"[1-9]", value) for value in re.findall(r"\bmargin[\w-]*\s*:\s*([^;}]+)", body))
    ]


@pytest.mark.parametrize("name", MARGINS)
def test_no_rule_pushes_by_a_margin_that_did_not_before(name: str) -> None:
    found = margins((STATIC / name).read_text(encoding="utf-8"))
    assert len(found) == MARGINS[name], found


def test_every_style_sheet_of_ours_is_counted() -> None:
    assert {path.name for path in STATIC.glob("*.css")} == set(MARGINS)


@pytest.mark.parametrize(
    ("css", "found"),
    [
        (".new { margin-top: 1rem }", [".new"]),
        (".new, .old { color: red; margin: 0 0 var(--ds-size-4) }", [".new, .old"]),
        (".new { margin: 0 } .wrap { margin: 0 auto }", []),
        (".buttons { margin-top: 1rem } .stack > p { margin-top: 1rem }", []),
        ("@media print { .new { margin-bottom: 2px } }", [".new"]),
    ],
)
def test_a_new_margin_is_found_and_a_gap_is_not(css: str, found: list[str]) -> None:
    assert margins(css) == found
