"""Line breaks of what a browser sends, made one sign where a request is read and nowhere else.

A browser ends a line of a form with two signs (CR LF), and counts one. What is counted, compared and stored has one.
"""

from __future__ import annotations

from typing import IO

from flask import Request
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.formparser import FormDataParser

Parsed = tuple[IO[bytes], MultiDict[str, str], MultiDict[str, FileStorage]]


class LineFeedParser(FormDataParser):
    """Reads a form with line feeds only; files stay as they are."""

    def parse(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None
    ) -> Parsed:
        stream, form, files = super().parse(stream, mimetype, content_length, options)
        parts = [(name, _line_feeds(value)) for name, value in form.items(multi=True)]
        return stream, self.cls(parts), files


class LineFeedRequest(Request):
    """A request whose form has line feeds only."""

    form_data_parser_class = LineFeedParser


def _line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
