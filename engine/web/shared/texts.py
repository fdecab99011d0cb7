"""What pages say: texts by key in three languages, one folder an area. Nothing a person reads stands in a template.

``texts/<area>/nb.pot`` has the bokmål with a note to translators, ``nn.po`` and ``en.po`` the translations. In each
entry ``msgctxt`` is the key, so that a key stays when its wording changes. ``build_texts.py`` carries a change over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from babel import Locale
from babel.messages.pofile import read_po
from markupsafe import Markup

LANGUAGES = ("nb", "nn", "en")
NAMES = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}
#: Placeholders that hold a number of something; the first a text has chooses its form.
COUNTED = ("count", "days", "months", "weeks", "years", "total", "most", "files", "tried", "asked", "all", "limit")
SOURCE = "nb"
FOLDER = Path(__file__).parents[1] / "texts"
#: CLDR's categories in the order of gettext's forms.
_CATEGORIES = ("zero", "one", "two", "few", "many", "other")


@dataclass(frozen=True, slots=True)
class Text:
    """One entry of a file. ``forms`` has one text, or one for each of the language's plural categories."""

    key: str
    forms: tuple[str, ...]
    source: tuple[str, ...]  #: the bokmål it was translated from: one form, or singular and plural
    note: str
    fuzzy: bool = False


def catalog_path(area: str, language: str) -> Path:
    """The file of an area's texts in a language."""
    return FOLDER / area / (f"{SOURCE}.pot" if language == SOURCE else f"{language}.po")


def areas() -> tuple[str, ...]:
    """The folders of texts: one an audience or a subject."""
    return tuple(sorted(path.parent.name for path in FOLDER.glob(f"*/{SOURCE}.pot")))


def entries(area: str, language: str) -> Iterator[Text]:
    """Each text of an area, in the order of the file."""
    with catalog_path(area, language).open("rb") as file:
        catalog = read_po(file, locale=language)
    for message in catalog:
        if not message.id:
            continue
        source = (message.id,) if isinstance(message.id, str) else tuple(message.id)
        written = (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))
        forms = source if language == SOURCE else written
        yield Text(message.context or "", forms, source, " ".join(message.auto_comments), message.fuzzy)


@lru_cache(maxsize=8)
def _forms(language: str) -> dict[str, tuple[str, ...]]:
    """Every text of a language with its forms, by key."""
    return {text.key: text.forms for area in areas() for text in entries(area, language)}


@lru_cache(maxsize=8)
def texts(language: str) -> dict[str, str]:
    """Every text of a language, by key; of one with several forms the one for many."""
    return {key: forms[-1] for key, forms in _forms(language).items()}


@lru_cache(maxsize=8)
def categories(language: str) -> tuple[str, ...]:
    """The plural categories of a language, as CLDR has them, in the order of a file's forms."""
    tags = Locale.parse(language).plural_form.tags | {"other"}
    return tuple(one for one in _CATEGORIES if one in tags)


def translate(language: str, key: str, **values: object) -> str:
    """The text with its values put in. With markup among them it is markup, and the other values are escaped.

    A key that is not there is an error the tests find, and shows itself.
    """
    forms = _forms(language).get(key) or _forms(SOURCE).get(key) or (key,)
    text = forms[-1] if len(forms) == 1 else forms[_form(language, forms[-1], values)]
    kind: type[str] = next((Markup for value in values.values() if isinstance(value, Markup)), str)
    return kind(text).format(**values) if values else text


def _form(language: str, text: str, values: dict[str, object]) -> int:
    """Which form the counted value chooses; the one for many without a whole number (``1 000+``)."""
    counted = next((values[name] for name in COUNTED if name in values and f"{{{name}}}" in text), None)
    number = int(counted) if isinstance(counted, int) or str(counted).isdecimal() else None  # type: ignore[call-overload]
    names = categories(language)
    return names.index("other" if number is None else Locale.parse(language).plural_form(number))
