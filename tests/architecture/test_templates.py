"""Templates can be read in a diff: short lines, formatted by the tool that ``make lint`` asks."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MAX_COLUMNS = 120
#: Characters of an identity number or a case's, with what people write between.
IDENTITY_NUMBER = (12, 14)


def test_no_line_of_a_template_is_longer_than_a_line_of_code() -> None:
    templates = sorted((ROOT / "engine" / "web").rglob("*.html"))
    long = [
        f"{template.relative_to(ROOT)}:{number}: {len(line)}"
        for template in templates
        for number, line in enumerate(template.read_text().splitlines(), 1)
        if len(line) > MAX_COLUMNS
    ]
    assert templates and not long, "\n".join(long)


def test_no_field_cuts_what_is_pasted_without_a_word() -> None:
    """``maxlength`` does; ``data-limit`` tells of it, and the server refuses with what was written. Numbers may."""
    found = [
        f"{template.relative_to(ROOT)}: {limit}"
        for folder in ("citizen", "office")
        for template in sorted((ROOT / "engine" / "web" / folder).rglob("*.html"))
        for limit in re.findall(r'maxlength="(\d+)"', template.read_text(encoding="utf-8"))
        if int(limit) not in IDENTITY_NUMBER
    ]
    assert found == []
