"""Every template is one Jinja can read: a slip is found here and not at a citizen's click."""

from __future__ import annotations

from collections import Counter

import jinja2
import pytest

from engine.web.shared.template_globals import TEMPLATE_FOLDERS

NAMES = [str(page.relative_to(folder)) for folder in TEMPLATE_FOLDERS for page in sorted(folder.rglob("*.html"))]


def test_a_name_means_one_template() -> None:
    assert [name for name, times in Counter(NAMES).items() if times > 1] == []


FILTERS = (
    "kr",
    "percent",
    "long_date",
    "month",
    "short_date",
    "clock",
    "moment",
    "weekday_date",
    "money",
    "display",
    "listed",
    "merged",
)


def slip(loader: jinja2.BaseLoader, name: str) -> str:
    """Where a template cannot be read and why; "" where it can."""
    environment = jinja2.Environment(loader=loader, autoescape=True)
    environment.filters.update(dict.fromkeys(FILTERS, str))
    try:
        environment.get_template(name)
    except jinja2.TemplateError as error:
        return f"line {getattr(error, 'lineno', '?')}: {error.message}"
    return ""


@pytest.mark.parametrize("name", NAMES)
def test_a_template_compiles(name: str) -> None:
    assert slip(jinja2.FileSystemLoader(TEMPLATE_FOLDERS), name) == ""


@pytest.mark.parametrize("page", ["{% if a %}", "{{ a | nobodys_filter }}", "{% nobodys_tag %}"])
def test_a_slip_is_found(page: str) -> None:
    assert slip(jinja2.DictLoader({"page.html": page}), "page.html").startswith("line 1: ")
