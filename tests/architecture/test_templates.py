"""Templates can be read in a diff: short lines, formatted by the tool that ``make lint`` asks."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MAX_COLUMNS = 120


def test_no_line_of_a_template_is_longer_than_a_line_of_code() -> None:
    templates = sorted((ROOT / "engine" / "web").rglob("*.html"))
    long = [
        f"{template.relative_to(ROOT)}:{number}: {len(line)}"
        for template in templates
        for number, line in enumerate(template.read_text().splitlines(), 1)
        if len(line) > MAX_COLUMNS
    ]
    assert templates and not long, "\n".join(long)
