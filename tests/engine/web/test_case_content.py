"""The case page and its template agree: a name that is misspelt there would be an empty place on the page."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
from jinja2 import Environment, nodes

import engine.web.office
from engine.web.office.case_content import CasePage

TEMPLATES = Path(engine.web.office.__file__).parent / "templates"
CASE_PAGE = [TEMPLATES / "casework.html", *sorted((TEMPLATES / "parts").glob("case_*.html"))]


def path_of(node: nodes.Node) -> tuple[str, ...]:
    """``("page", "task", "form")`` of the expression ``page.task.form``; empty for any other."""
    if isinstance(node, nodes.Name):
        return (node.name,)
    parent = path_of(node.node) if isinstance(node, nodes.Getattr) else ()
    return (*parent, node.attr) if parent and isinstance(node, nodes.Getattr) else ()


def paths_in(template: Path) -> set[tuple[str, ...]]:
    """Everything a template reads of ``page``, as far as the field of a part."""
    found = map(path_of, Environment(autoescape=True).parse(template.read_text()).find_all(nodes.Getattr))
    return {path[1:3] for path in found if path[:1] == ("page",)}


def part_of(name: str) -> type | None:
    """The dataclass of a part of the page, ``None`` for a part that is a list or a text."""
    hint = get_type_hints(CasePage)[name]
    return next((one for one in (hint, *get_args(hint)) if dataclasses.is_dataclass(one)), None)


@pytest.mark.parametrize("template", CASE_PAGE, ids=lambda path: path.name)
def test_a_template_of_the_case_page_reads_only_what_the_page_has(template: Path) -> None:
    parts = {field.name for field in dataclasses.fields(CasePage)}
    paths = paths_in(template)
    assert {path[0] for path in paths} <= parts
    of_parts = [(part_of(path[0]), path[1]) for path in paths if len(path) == 2]
    assert [(part, name) for part, name in of_parts if part and not hasattr(part, name)] == []


def test_nothing_is_read_for_the_case_page_that_its_templates_do_not_show() -> None:
    read = {path[0] for template in CASE_PAGE for path in paths_in(template)}
    assert {field.name for field in dataclasses.fields(CasePage)} == read
