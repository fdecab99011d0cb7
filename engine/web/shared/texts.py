"""What pages say: text keys in three languages. Nothing a person reads is written in a template."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

LANGUAGES = ("nb", "nn", "en")
NAMES = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}
_FOLDER = Path(__file__).parents[1] / "texts"


@lru_cache(maxsize=8)
def texts(language: str) -> dict[str, str]:
    """Every text of a language, by key."""
    found: dict[str, str] = json.loads((_FOLDER / f"{language}.json").read_text())
    return found


def translate(language: str, key: str, **values: object) -> str:
    """The text with its values put in. A key that is not there is an error the tests find, and shows itself."""
    text = texts(language).get(key) or texts("nb").get(key) or key
    return text.format(**values) if values else text
