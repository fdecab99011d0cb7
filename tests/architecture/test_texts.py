"""What pages say can be translated by somebody who has only the files: whole, with notes, with the forms of numbers."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest
from markupsafe import Markup

import build_texts
from engine.web.shared.texts import LANGUAGES, SOURCE, Text, areas, categories, entries, texts, translate
from forms.formatting import listed

#: Placeholders that always hold a number of something; ``total``, ``limit`` and ``asked`` hold sums of money as well.
NUMBERS = {"count", "days", "months", "weeks", "years", "most", "files", "tried", "all"}
PLACEHOLDER = re.compile(r"\{(\w+)\}")
FOUND = {language: [text for area in areas() for text in entries(area, language)] for language in LANGUAGES}


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def lacks_plural(text: Text) -> bool:
    return len(text.forms) == 1 and bool(placeholders(text.forms[0]) & NUMBERS)


def lacks_note(text: Text) -> bool:
    """A note has some words of its own, and names every placeholder."""
    named = set().union(*map(placeholders, text.forms)) - placeholders(text.note)
    return len(text.note.split()) < 3 or bool(named)


def test_every_language_has_every_text_in_the_same_area() -> None:
    keys = {language: [[text.key for text in entries(area, language)] for area in areas()] for language in LANGUAGES}
    assert keys["nn"] == keys["en"] == keys["nb"]
    assert all(count == 1 for count in Counter(text.key for text in FOUND[SOURCE]).values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_written_and_follows_the_bokmal_that_stands(language: str) -> None:
    source = {text.key: text.source for text in FOUND[SOURCE]}
    assert [text.key for text in FOUND[language] if not all(text.forms)] == []
    assert [text.key for text in FOUND[language] if text.fuzzy or text.source != source[text.key]] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_with_a_number_has_a_form_for_one_and_for_many(language: str) -> None:
    assert [text.key for text in FOUND[language] if lacks_plural(text)] == []
    forms = {len(text.forms) for text in FOUND[language]}
    assert forms == {1, len(categories(language))}


def test_a_text_with_a_number_and_one_form_is_refused() -> None:
    assert lacks_plural(Text("a", ("{count} saker",), ("{count} saker",), ""))
    assert not lacks_plural(Text("a", ("{count} sak", "{count} saker"), ("", ""), ""))
    assert not lacks_plural(Text("a", ("Sak {number}",), ("",), ""))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_has_a_note_to_translators(language: str) -> None:
    assert [text.key for text in FOUND[language] if lacks_note(text)] == []


def test_a_note_that_says_nothing_or_leaves_out_a_placeholder_is_refused() -> None:
    text = Text("a", ("Sak {number}",), ("Sak {number}",), "Heading of the case. {number}: the number of the case.")
    assert not lacks_note(text)
    assert lacks_note(replace(text, note="")) and lacks_note(replace(text, note="a b"))
    assert lacks_note(replace(text, note="Heading of the page of a case."))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_has_the_same_values_in_every_language(language: str) -> None:
    source = {text.key: text.forms for text in FOUND[SOURCE]}
    for text in FOUND[language]:
        assert placeholders(text.forms[-1]) == placeholders(source[text.key][-1]), text.key
        assert all(placeholders(form) <= placeholders(text.forms[-1]) for form in text.forms), text.key


def test_texts_that_begin_alike_lie_in_one_area() -> None:
    begins = {(text.key.partition(".")[0], area) for area in areas() for text in entries(area, SOURCE)}
    assert [begin for begin, count in Counter(begin for begin, _ in begins).items() if count > 1] == []


@pytest.mark.parametrize(
    ("language", "one", "many"),
    [("nb", "1 sak i køen.", "2 saker i køen."), ("en", "1 case in the queue.", "2 cases in the queue.")],
)
def test_the_number_chooses_the_form(language: str, one: str, many: str) -> None:
    assert translate(language, "queue.counts", count=1) == translate(language, "queue.counts", count="1") == one
    assert translate(language, "queue.counts", count=2) == many
    assert translate(language, "queue.counts", count="1000+") == many.replace("2", "1000+")
    assert texts(language)["queue.counts"] == many.replace("2", "{count}")


def test_a_changed_bokmal_marks_its_translation_and_a_new_one_waits_for_it() -> None:
    source = Text("a", ("Ny",), ("Ny",), "A button.")
    old = Text("a", ("New",), ("Gammel",), "Old note.")

    changed = build_texts.carried_over(source, old, "en")
    assert changed.fuzzy and changed.forms == ("New",) and changed.source == ("Ny",) and changed.note == "A button."
    assert not build_texts.carried_over(source, replace(old, source=("Ny",)), "en").fuzzy
    assert build_texts.carried_over(source, None, "en").forms == ("",)
    counted = replace(source, source=("{count} sak", "{count} saker"))
    assert build_texts.carried_over(counted, old, "en").forms == ("New", "New")


def test_the_files_are_as_the_script_writes_them() -> None:
    assert [path.name for path, content in build_texts.files() if path.read_bytes() != content] == []


@pytest.mark.parametrize(
    ("language", "both", "either"), [("nb", "og", "eller"), ("nn", "og", "eller"), ("en", "and", "or")]
)
def test_a_list_is_joined_as_the_language_joins_it(language: str, both: str, either: str) -> None:
    assert listed(language, ["a"]) == "a"
    assert listed(language, ["a", "b", "c"]) == f"a, b {both} c"
    assert listed(language, ["a", "b"], "or") == f"a {either} b"


def test_a_text_or_a_list_with_markup_in_it_is_markup_and_the_rest_is_escaped() -> None:
    link = Markup("<a>Nav</a>")
    assert listed("nb", [link, "A & B"]) == Markup("<a>Nav</a> og A &amp; B")
    told = translate("nb", "gap.source", source=link, who="<b>")
    assert isinstance(told, Markup) and told == "<a>Nav</a> – &lt;b&gt;"
    assert not isinstance(translate("nb", "gap.source", source="<", who=">"), Markup)
