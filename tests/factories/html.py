"""Pages as tests read them: how a template is broken into lines says nothing about the page."""

from __future__ import annotations

import re

from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

_AS_WRITTEN = re.compile(r"(<(textarea|pre|script|style)\b.*?</\2>)", re.DOTALL)


def flattened(page: str) -> str:
    """*page* without the line breaks between its tags; what is typed into a text area stays as it is."""
    pieces = _AS_WRITTEN.split(page)
    return "".join(_opening(piece) if at % 3 == 1 else _flat(piece) for at, piece in enumerate(pieces) if at % 3 != 2)


def _opening(element: str) -> str:
    opening, end, rest = element.partition(">")
    return _flat(opening + end) + rest


def _flat(text: str) -> str:
    text = re.sub(r"(?<=>)\s*\n\s*|\s*\n\s*(?=<)", "", text)
    return re.sub(r"\s+(?=/?>)", "", re.sub(r"\s+", " ", text))


class PageClient(FlaskClient):
    """Flask's client, with each page flattened."""

    def open(
        self, *arguments: object, buffered: bool = False, follow_redirects: bool = False, **options: object
    ) -> TestResponse:
        response = super().open(*arguments, buffered=buffered, follow_redirects=follow_redirects, **options)
        if response.mimetype == "text/html":
            response.set_data(flattened(response.get_data(as_text=True)))
        return response


#: What begins a line of its own on a page; the rest is read on, so a space must tell words apart.
_BLOCKS = re.compile(
    "address|article|aside|blockquote|body|br|caption|dd|details|dialog|div|dl|dt|fieldset|figcaption|figure|footer|form"
    "|h[1-6r]|head|header|html|legend|li|main|nav|ol|option|p|section|select|summary|table|tbody|td|tfoot|th|thead|title"
    "|tr|ul|input|button|label|textarea"
)
_UNREAD = frozenset(("script", "style", "svg", "template", "noscript", "pre", "textarea", "code"))
#: The edge of an element that is read on, in the text.
_EDGE = "\x01"
#: A sentence that begins where another ends, and a word beside an element without a space.
_RUN_TOGETHER = re.compile(
    rf"[a-zæøå0-9)]{_EDGE}*[.!?:,]{_EDGE}*[A-ZÆØÅ]|[\w.:!?)]{_EDGE}+[\w(]",
)


def run_together(page: str) -> list[str]:
    """Where words or sentences of *page* have no space between them, each with what stands around it."""
    lines = [""]
    _read(html.document_fromstring(page), lines)
    return [
        line[max(0, found.start() - 40) : found.end() + 40].replace(_EDGE, "|")
        for line in lines
        for found in _RUN_TOGETHER.finditer(line)
    ]


def _read(element: html.HtmlElement, lines: list[str]) -> None:
    """Add the text of *element* to *lines*: a new one at each edge of what is a block."""
    for child in (None, *element):
        if child is None:
            lines[-1] += element.text or ""
            continue
        edge = isinstance(child.tag, str) and _BLOCKS.fullmatch(child.tag) is not None
        _mark(lines, edge)
        if isinstance(child.tag, str) and child.tag not in _UNREAD:
            _read(child, lines)
        _mark(lines, edge)
        lines[-1] += child.tail or ""


def _mark(lines: list[str], edge: bool) -> None:
    if edge:
        lines.append("")
    else:
        lines[-1] += _EDGE
