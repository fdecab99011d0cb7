"""What stands on two lines of a template stands apart on the page, and words do not run into each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment

from engine.web.shared.template_globals import TEMPLATE_FOLDERS, install

PAGES = [page for folder in TEMPLATE_FOLDERS for page in sorted(folder.rglob("*.html"))]

#: Elements that begin a line of their own, or stand apart whatever is written between them.
APART = (
    "html|head|body|title|meta|link|script|style|noscript|header|footer|main|nav|aside|section|article|div|p|ul|ol|li"
    "|dl|dt|dd|table|caption|colgroup|col|thead|tbody|tfoot|tr|th|td|form|fieldset|legend|details|summary|h[1-6]|hr"
    "|figure|figcaption|select|option|optgroup|svg|rect|g|path|polyline|line|text|br|template|dialog|progress|textarea"
)
#: Where the pieces of a page meet: a value, and a statement between two pieces.
VALUE, SEAM = "\x01", "\x02"
OTHER_BRANCH = ("else", "elif", "macro", "endmacro", "block", "endblock", "extends", "set", "endset")
#: Two things a reader sees as two with nothing between: words, elements, or attributes of one element.
GLUED = re.compile(
    rf"(?:[\w.:!?)]|{VALUE}|</(?P<left>\w+)>)(?:{SEAM})+(?=[\w(·–]|{VALUE}|<(?P<right>\w+))"
    rf'|"(?:{SEAM})+(?=[a-z-]+=)'
)
#: An element that brings the space before it.
OF_THEIR_OWN = re.compile(rf'{SEAM}<span class="(?:ds-sr-only|quiet)"> ')


@pytest.fixture(scope="module")
def environment() -> Environment:
    app = Flask(__name__)
    install(app)
    return app.jinja_env


def pieces(environment: Environment, source: str) -> Iterator[str]:
    """The page as it is sent, with a sign for each value and for each statement that nothing stands for."""
    statement: list[str] | None = None
    for _, token, text in environment.lexer.tokeniter(source, None):
        if token == "block_begin":
            statement = []
        elif token == "block_end" and statement is not None:
            words = "".join(statement).split()
            yield "\n" if words[0] in OTHER_BRANCH and "=" not in words else SEAM
            statement = None
        elif token == "variable_end":
            yield VALUE
        elif token == "data":
            yield text
        elif statement is not None:
            statement.append(text)


def glued(environment: Environment, source: str) -> list[str]:
    """What stands on each side of a statement with nothing between."""
    page = "".join(pieces(environment, source))
    apart = re.compile(APART)
    return [
        page[max(0, found.start() - 30) : found.end() + 30]
        for found in GLUED.finditer(page)
        if not any(apart.fullmatch(found[side] or "") for side in ("left", "right"))
        and not OF_THEIR_OWN.match(page, found.end() - 1)
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_words_on_two_sides_of_a_statement_stand_apart(environment: Environment, page: Path) -> None:
    assert glued(environment, page.read_text()) == []


@pytest.mark.parametrize(
    ("source", "page"),
    [
        ("Fristen var 1. mars.{% if a %}{{ act }}{% endif %}", 1),
        ("{{ day }}.\n{%- if a %}{{ act }}{% endif %}", 1),
        ("{{ day }}\n{% if a %}\n  {{ act }}\n{% endif %}", 0),
        ("{% if a %}{{ tag }}{% endif %}\n{% if b %}<a>{{ link }}</a>{% endif %}", 0),
        ("<a>{{ link }}</a>{% if b %}<a>{{ link }}</a>{% endif %}", 1),
        ("{{ who }}{% if b %}, {{ where }}{% endif %}", 0),
        ('<input id="a"\n  {% if b %}checked{% endif %}\n  {% if c %}aria-invalid="true"{% endif %}>', 0),
        ('<input id="a"{% if b %}aria-invalid="true"{% endif %}>', 1),
        ("<p>{{ who }}</p>{% if b %}<p>{{ where }}</p>{% endif %}", 0),
    ],
)
def test_a_line_break_is_a_space_and_nothing_is_none(environment: Environment, source: str, page: int) -> None:
    assert len(glued(environment, source)) == page
