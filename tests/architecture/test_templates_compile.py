"""Every template is one Jinja can read: a slip is found here and not at a citizen's click."""

from __future__ import annotations

from pathlib import Path

import jinja2
import pytest

TEMPLATES = Path(__file__).resolve().parents[2] / "engine" / "web" / "templates"


@pytest.mark.parametrize("name", sorted(str(p.relative_to(TEMPLATES)) for p in TEMPLATES.rglob("*.html")))
def test_a_template_compiles(name: str) -> None:
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True)
    environment.filters.update(
        dict.fromkeys(
            ("kr", "percent", "long_date", "month", "short_date", "clock", "moment", "money", "said", "merged"), str
        )
    )
    environment.get_template(name)
