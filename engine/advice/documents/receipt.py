"""The receipt of a consent or mandate: the record, and exactly the words that were shown (R92)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.advice.documents.page import gap, heading, table, text, write
from engine.advice.documents.words import word
from forms.formatting import clock_time, long_date


def render_record(content: Mapping[str, Any], *, state: str, name: str, made_at: datetime) -> bytes:
    """A PDF of one consent record (fields of ISO/IEC TS 27560:2023)."""
    notice = content["privacy_notice"]
    language = str(notice["language"])
    basis = content["purposes"][0]["lawful_basis"]
    answered = datetime.fromisoformat(content["event"][0]["time"])
    until = content["retention_period"]
    rows = [
        [word(language, "reference"), content["record_id"]],
        [word(language, "receiver"), content["pii_controllers"][0]["name"]],
        [word(language, "given"), f"{long_date(answered, language)} {clock_time(answered, language)}"],
        [word(language, "state"), word(language, f"state.{state}")],
        [word(language, "until"), long_date(datetime.fromisoformat(until), language) if until else "–"],
        [word(language, "information"), ", ".join(item["type"] for item in content["pii_information"]) or "–"],
    ]
    title = f"{word(language, 'receipt')}: {word(language, f'basis.{basis}')}"
    story = [
        heading(title),
        text(name, 12),
        gap(),
        table(rows, [45, 125], head=False),
        gap(10),
        heading(word(language, "shown"), 2),
        text(str(content["wording"]), 9),
        gap(),
        text(f"{word(language, 'made')} {long_date(made_at, language)}. {word(language, 'copy')}", 8.5),
    ]
    return write(title, story, language)
