"""A letter from an office to a citizen, as it was sent."""

from __future__ import annotations

from datetime import datetime

from engine.advice.documents.page import gap, heading, missing_note, text, write
from forms.formatting import long_date


def render_letter(
    *, title: str, body: str, to: str, office: str, adviser: str, number: str, day: datetime, language: str
) -> bytes:
    """A PDF. Paragraphs of *body* are parted by an empty line; everything in it is plain text."""
    story = [
        text(office, 11, bold=True),
        gap(14),
        text(to),
        text(f"{number} · {long_date(day, language)}", 9),
        gap(10),
        heading(title),
        gap(4),
    ]
    for paragraph in body.replace("\r\n", "\n").split("\n\n"):
        story += [text(paragraph.strip("\n"), 10.5), gap(5)]
    story += [gap(12), text(adviser), text(office, 9), gap(), *missing_note((title, body, to), language)]
    return write(title, story, language)
