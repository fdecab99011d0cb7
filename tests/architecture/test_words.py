"""People are *they* or their role, and the words are the field's: in code, docs, and what the pages say."""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

from engine.web.shared import texts as catalogs

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("bench", "docs", "engine", "forms", "integrations", "processes", "tests")
#: What others have written, made or recorded is not ours to word.
FOREIGN = ("engine/web/static/vendor/", "tests/contracts/old_database", "tests/contracts/recorded/")

#: Pronouns that say a person is a woman or a man.
PRONOUN = re.compile(r"\b(she|hers|herself|he|him|his|himself)\b", re.IGNORECASE)
#: One of them is also the Norwegian word for *here*: in a text of the code it counts where the text is English.
HER = re.compile(r"\bher\b", re.IGNORECASE)
ENGLISH = re.compile(r"\b(the|of|does|not|own|with|and|was|that|has|who|she)\b", re.IGNORECASE)
PRONOUN_NB = re.compile(r"\b(hun|henne|hennes|han|ham|hans)\b", re.IGNORECASE)
#: *Ho* and *han* are said of things as well; these are not.
PRONOUN_NN = re.compile(r"\b(henne|hennar|honom|hans)\b", re.IGNORECASE)

#: Words only this project used, and what is said instead.
WORDS = {
    r"workshop": "studio",
    r"houses": "installations, organisations",
    r"reckon(s|ed|ing|er)?": "compute, calculate",
    r"sweepers?": "reconciliation",
    r"judge(s|d)?": "evaluate, validate, check",
}
#: How many lines may still hold ``house`` as a name or a word. To be lowered, never raised.
HOUSE_LIMIT = 20
HOUSE = re.compile(r"\bhouse\b")

#: Where names are the field's own, and the parts of a name that are not; the table of the words says what is.
FIELD_WORDS_IN = ("engine/workflow/", "engine/platform/", "forms/")
PRIVATE_PART = re.compile(
    r"(?:^|_)(said|says?|tells?|told|keeps?|kept|given|asked|faults?|wrong|judge[sd]?|most|longest|room|patience)(?:_|$)",
    re.IGNORECASE,
)
#: Names that are stored or written in a model, so their attributes stay.
STORED_NAMES = {"TASK_GIVEN_BACK", "AUDIT_CHECK_ASKED", "asked_at", "asked_by", "longest"}
EXCEPTION = re.compile(r"^class (\w+)\((?:Exception|\w+Error)\)", re.MULTILINE)

#: ``(file, word)`` that may stay, and why.
ALLOWED = {
    ("tests/architecture/test_words.py", ""): "names the words it looks for",
    ("tests/engine/workflow/bpmn/test_validator.py", "he"): "the id of an end event",
    ("integrations/domstol/standin.py", "judge"): "the judge of a court",
}

Place = tuple[str, int, str]


def files(*endings: str) -> list[Path]:
    """Our own files with these endings, those at the root among them."""
    found = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*")] + list(ROOT.glob("*.*"))
    mine = (path for path in found if path.suffix in endings and path.is_file())
    return sorted(path for path in mine if not name_of(path).startswith(FOREIGN))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def docstring_lines(source: str) -> set[int]:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    texts = (
        node.body[0] for node in ast.walk(ast.parse(source)) if isinstance(node, kinds) and ast.get_docstring(node)
    )
    return {node.lineno for node in texts}


@cache
def tokens_of(source: str) -> tuple[tokenize.TokenInfo, ...]:
    """Read once, since every test looks at all of it."""
    return tuple(tokenize.generate_tokens(io.StringIO(source).readline))


def english_of_python(source: str) -> Iterator[tuple[int, str]]:
    """Comments, docstrings and names, with their line; other texts where they are English."""
    docstrings = docstring_lines(source)
    for token in tokens_of(source):
        line = token.start[0]
        if token.type == tokenize.NAME:
            yield line, token.string.replace("_", " ")
        elif token.type == tokenize.COMMENT:
            yield line, token.string
        elif token.type in (tokenize.STRING, tokenize.FSTRING_MIDDLE if hasattr(tokenize, "FSTRING_MIDDLE") else -1):
            text = token.string if line in docstrings or ENGLISH.search(token.string) else HER.sub("", token.string)
            yield from enumerate(text.splitlines(), line)


def prose_of_python(source: str) -> Iterator[tuple[int, str]]:
    """Comments and docstrings alone, with their line; ``backticks`` hold code, a list begins with a name."""
    docstrings = docstring_lines(source)
    for token in tokens_of(source):
        line = token.start[0]
        if token.type == tokenize.COMMENT or (token.type == tokenize.STRING and line in docstrings):
            for number, text in enumerate(token.string.splitlines(), line):
                yield number, re.sub(r"``[^`]*``|^ *\w+(?=  )", "", text)


def numbered(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a document; what stands between ``backticks`` is code, between *stars* a word of a page."""
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        yield number, re.sub(r"`[^`]*`|\*[^*]+\*", "", text)


def comments_of_template(text: str) -> Iterator[tuple[int, str]]:
    for comment in re.finditer(r"\{#.*?#\}|<!--.*?-->", text, re.DOTALL):
        yield text.count("\n", 0, comment.start()) + 1, comment.group()


def texts_in(language: str) -> Iterator[Place]:
    """What people are shown in a language: file, line 0 and the text. Keys are not shown."""
    for area in catalogs.areas():
        name = name_of(catalogs.catalog_path(area, language))
        yield from ((name, 0, form) for text in catalogs.entries(area, language) for form in text.forms)
    for path in files(".json"):
        if path.name == f"resource.{language}.json":
            strings = json.loads(path.read_text(encoding="utf-8"))["resources"]
            yield from ((name_of(path), 0, one["value"]) for one in strings)
        else:
            yield from (
                (name_of(path), 0, text) for text in values_under(language, json.loads(path.read_text("utf-8")))
            )


def values_under(key: str, tree: object) -> Iterator[str]:
    """Every text that stands under *key* somewhere in a JSON document: tips, templates, metadata."""
    if isinstance(tree, dict):
        for name, value in tree.items():
            if name == key and isinstance(value, str):
                yield value
            else:
                yield from values_under(key, value)
    elif isinstance(tree, list):
        for value in tree:
            yield from values_under(key, value)


def python_with(*words: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Name and source of the files that hold one of *words* at all: to read the others token by token takes long."""
    for path in files(".py"):
        source = path.read_text(encoding="utf-8")
        if any(word.search(source.replace("_", " ")) for word in words):
            yield name_of(path), source


def english() -> Iterator[Place]:
    """Every piece of English in the repository: file, line and text."""
    for name, source in python_with(PRONOUN, HER):
        yield from ((name, *found) for found in english_of_python(source))
    for path in files(".md"):
        yield from ((name_of(path), *found) for found in numbered(path))
    for path in files(".html"):
        yield from ((name_of(path), *found) for found in comments_of_template(path.read_text(encoding="utf-8")))
    for path in (*files(".js", ".css", ".bpmn"), *(path for path in files(".xml") if path.name == "policy.xml")):
        yield from ((name_of(path), *found) for found in numbered(path) if ENGLISH.search(found[1]))
    yield from texts_in("en")


@cache
def prose() -> tuple[Place, ...]:
    """The English that is sentences: docs, comments, docstrings and the texts of pages."""
    return tuple(_prose())


def _prose() -> Iterator[Place]:
    for name, source in python_with(re.compile("|".join(WORDS), re.IGNORECASE)):
        yield from ((name, *found) for found in prose_of_python(source))
    for path in files(".md"):
        yield from ((name_of(path), *found) for found in numbered(path))
    yield from texts_in("en")


def matches(places: Iterable[Place], *words: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{line} {word.group()!r} in {text.strip()!r}"
        for name, line, text in places
        for pattern in words
        for word in pattern.finditer(text)
        if (name, "") not in ALLOWED and (name, word.group().lower()) not in ALLOWED
    ]


def test_people_are_they_or_their_role_in_english() -> None:
    assert matches(english(), PRONOUN, HER) == []


@pytest.mark.parametrize(("language", "pronoun"), [("nb", PRONOUN_NB), ("nn", PRONOUN_NN)])
def test_people_are_their_role_in_norwegian(language: str, pronoun: re.Pattern[str]) -> None:
    assert matches(texts_in(language), pronoun) == []


@pytest.mark.parametrize("word", WORDS)
def test_a_word_only_this_project_used_is_gone_from_prose(word: str) -> None:
    assert matches(prose(), re.compile(rf"\b{word}\b", re.IGNORECASE)) == [], f"say: {WORDS[word]}"


def test_house_as_the_name_of_the_application_does_not_come_back() -> None:
    lines = [
        f"{name_of(path)}:{number} {line.strip()}"
        for path in files(".py", ".md", ".html", ".js")
        if (name_of(path), "") not in ALLOWED
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if HOUSE.search(line)
    ]
    assert len(lines) <= HOUSE_LIMIT, lines


def names_in(source: str) -> set[str]:
    return {token.string for token in tokens_of(source) if token.type == tokenize.NAME}


def private_names(source: str) -> list[str]:
    """Names with a private word among their parts, and exceptions that do not say that they are errors.

    A refusal is an answer and is called by what it says, see ``engine.workflow.errors``.
    """
    named = sorted(name for name in names_in(source) - STORED_NAMES if PRIVATE_PART.search(name))
    return named + [name for name in EXCEPTION.findall(source) if not name.endswith("Error") and name != "Refusal"]


def test_names_of_the_engine_and_the_forms_are_of_the_fields_own_words() -> None:
    sources = {name_of(path): path.read_text(encoding="utf-8") for path in files(".py")}
    found = {name: private_names(text) for name, text in sources.items() if name.startswith(FIELD_WORDS_IN)}
    assert {name: names for name, names in found.items() if names} == {}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def keep_data(told): ...", ["keep_data", "told"]),
        ("MOST_ROWS = 1", ["MOST_ROWS"]),
        ("class Fallen(Exception): ...", ["Fallen"]),
        ("class Refusal(Exception): ...", []),
        ("asked_at = keeper = retold", []),
    ],
)
def test_a_private_name_is_found(source: str, expected: list[str]) -> None:
    assert private_names(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('"""What she has told."""', ["she"]),
        ("x = 1  # her own", ["her"]),
        ("hers = 1", ["hers"]),
        ("is_herself = 1", ["herself"]),
        ('assert x, "her own look does not bind"', ["her"]),
        ('x = "Nå står det her"', []),
        ("there = other  # the others", []),
    ],
)
def test_a_pronoun_is_found_in_what_is_english(source: str, expected: list[str]) -> None:
    found = [word.group() for _, text in english_of_python(source) for word in re.finditer(PRONOUN, text)]
    found += [word.group() for _, text in english_of_python(source) for word in re.finditer(HER, text)]
    assert found == expected


def test_every_allowance_is_used() -> None:
    """A file that no longer holds the word needs no leave."""
    texts = {name: (ROOT / name).read_text(encoding="utf-8") for name, _ in ALLOWED}
    assert [place for place in ALLOWED if not re.search(rf"\b{place[1]}", texts[place[0]], re.IGNORECASE)] == []
