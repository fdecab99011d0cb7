"""What an overview lacks, in words: the same on the page, on paper and in the table."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from engine.advice.documents.words import Words
from engine.advice.economy.statement import Missing
from forms.formatting import listed


def sentences(found: Iterable[Missing], words: Words, name: Callable[[Missing], str] | None = None) -> list[str]:
    """What is missing: a sentence for the sources of each reason, and one for each kind of record left out.

    name  how a source is shown, where it is more than what it is called: a link
    """
    sources: dict[str, list[str]] = {}
    records = []
    for one in found:
        shown = _source(one, words, name(one) if name else words.data_set(one.data_set))
        if one.why:
            records.append(words.of("gap.records", who=shown, what=_counted(one, words), why=why_of(one, words)))
        else:
            sources.setdefault(one.reason.value, []).append(shown)
    told = [
        words.of(f"gap.sources.{reason}", sources=listed(words.language, names))
        for reason, names in sorted(sources.items())
    ]
    return told + records


def what_of(one: Missing, words: Words) -> str:
    """The source that lacks something, who behind it, and how many records of what."""
    source = _source(one, words, words.data_set(one.data_set))
    return words.of("gap.source_records", source=source, what=_counted(one, words)) if one.why else source


def why_of(one: Missing, words: Words) -> str:
    """Why it is missing."""
    return words[f"left_out.{one.why}" if one.why else f"gap.{one.reason.value}"]


def _source(one: Missing, words: Words, name: str) -> str:
    return words.of("gap.source", source=name, who=one.who) if one.who else name


def _counted(one: Missing, words: Words) -> str:
    return words.of(f"gap.counted.{one.what}", count=one.count)
