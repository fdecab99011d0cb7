"""Every template is one Jinja can read: a slip is found here and not at a citizen's click."""

from __future__ import annotations

from collections import Counter

import jinja2
import pytest

from engine.web.shared.template_globals import TEMPLATE_FOLDERS

NAMES = [str(page.relative_to(folder)) for folder in TEMPLATE_FOLDERS for page in sorted(folder.rglob("*.html"))]


def test_a_name_means_one_template() -> None:
    assert [name for name, times in Counter(NAMES).items() if times > 1] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_template_compiles(name: str) -> None:
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATE_FOLDERS), autoescape=True)
    environment.filters.update(
        dict.fromkeys(
            ("kr", "percent", "long_date", "month", "short_date", "clock", "moment", "money", "display", "merged"), str
        )
    )
    environment.get_template(name)
