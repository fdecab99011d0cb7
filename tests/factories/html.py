"""Pages as tests read them: how a template is broken into lines says nothing about the page."""

from __future__ import annotations

import re
from typing import Any

from flask.testing import FlaskClient
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

    def open(self, *arguments: Any, **options: Any) -> TestResponse:
        response = super().open(*arguments, **options)
        if response.mimetype == "text/html":
            response.set_data(flattened(response.get_data(as_text=True)))
        return response
