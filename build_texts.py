"""Carries what changed in the bokmål texts over to the translations: ``.venv/bin/python build_texts.py``.

A new text comes with no translation, one whose bokmål changed is marked ``fuzzy``, one that is gone goes. Notes and
order follow ``nb.pot``. The tests refuse what is empty or fuzzy: a translator writes it, or looks at it and takes the
mark away. The result is the same however often it is run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from engine.web.shared.texts import LANGUAGES, SOURCE, Text, areas, catalog_path, categories, entries

#: A template has a date by its format; one that never changes makes no difference to read.
_DATE = datetime(2026, 11, 27, tzinfo=UTC)
_HEADER = "# Texts of iBalanse: {area}, {language}. msgctxt is the key; a note says where each is read."
_PLACEHOLDER = re.compile(r"\{\w+\}")


def rendered(area: str, language: str, found: Iterable[Text]) -> bytes:
    """One file, one line a text, with the flag that lets a translator's tool check the placeholders."""
    catalog = Catalog(
        locale=None if language == SOURCE else language,
        header_comment=_HEADER.format(area=area, language=language),
        project="iBalanse",
        version="1",
        copyright_holder="iBalanse",
        msgid_bugs_address="CONTRIBUTING.md",
        creation_date=_DATE,
        revision_date=_DATE,
        last_translator="iBalanse",
        language_team=language,
        fuzzy=False,
    )
    for text in found:
        plural = len(text.source) > 1
        flags = {"python-brace-format"} if any(map(_PLACEHOLDER.search, text.source)) else set()
        flags |= {"fuzzy"} if text.fuzzy else set()
        catalog.add(
            text.source if plural else text.source[0],
            ("" if not plural else ("",) * 2) if language == SOURCE else text.forms if plural else text.forms[0],
            flags=flags,
            auto_comments=[text.note] if text.note else [],
            context=text.key,
        )
    file = BytesIO()
    write_po(file, catalog, width=0, no_location=True)
    return file.getvalue()


def carried_over(source: Text, old: Text | None, language: str) -> Text:
    """The translation of a text as it stands now: unchanged, to be looked at, or to be written."""
    count = len(categories(language)) if len(source.source) > 1 else 1
    if old is None:
        return Text(source.key, ("",) * count, source.source, source.note)
    forms = old.forms if len(old.forms) == count else (old.forms[-1],) * count
    return Text(source.key, forms, source.source, source.note, old.fuzzy or old.source != source.source)


def files() -> Iterator[tuple[Path, bytes]]:
    """Every file as it should stand: the bokmål set in order, the translations following it."""
    for area in areas():
        source = list(entries(area, SOURCE))
        for language in LANGUAGES:
            path, found = catalog_path(area, language), source
            if language != SOURCE:
                old = {text.key: text for text in entries(area, language)} if path.exists() else {}
                found = [carried_over(one, old.get(one.key), language) for one in source]
            yield path, rendered(area, language, found)


def main() -> None:
    """Every area, every language."""
    for path, content in list(files()):
        path.write_bytes(content)


if __name__ == "__main__":
    main()
