"""Templates of letters and notes: the standard ones, and those a bundle brings in its ``templates.json``.

::

    {"letters": [{"id", "after": [...], "title": {"nb", "nn", "en"}, "body": {...}}],
     "notes":   [{"id", "after": [...], "text": {...}}]}

``after`` names tasks or events after which the template is proposed. ``{citizen}``, ``{decision.reason}`` and the like
are filled in from the case; what the case does not know stays as it is written, and stops the letter from being sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from engine.workflow.definitions.bundle import Bundle

#: What is filled in from the case: ``{citizen}``, ``{form.field}``.
BLANK = re.compile(r"\{([a-z][\w.-]*)\}", re.IGNORECASE)
_OWN = Path(__file__).parent / "templates.json"


@dataclass(frozen=True, slots=True)
class Template:
    """A letter or a note to begin from. A note has no title."""

    id: str
    after: tuple[str, ...]
    title: Mapping[str, str]
    body: Mapping[str, str]

    def named(self, language: str) -> str:
        return self.title.get(language) or self.title.get("nb") or self.id

    def text(self, language: str) -> str:
        return self.body.get(language) or self.body.get("nb", "")


@lru_cache(maxsize=1)
def _house() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(_OWN.read_text(encoding="utf-8"))
    return found


def of(bundle: Bundle, kind: str) -> list[Template]:
    """The templates of a journey, its own first. *kind* is "letters" or "notes".

    What a bundle brings that is no template is left out: a slip in one must not close the case page.
    """
    found: dict[str, Template] = {}
    for entry in [*_own(bundle, kind), *_house().get(kind, ())]:
        body = entry.get("body") or entry.get("text")
        if entry.get("id") and isinstance(body, dict):
            one = Template(str(entry["id"]), tuple(entry.get("after", ())), entry.get("title") or {}, body)
            found.setdefault(one.id, one)
    return list(found.values())


def _own(bundle: Bundle, kind: str) -> list[Mapping[str, Any]]:
    try:
        own = json.loads(bundle.files.get("templates.json", b"{}"))
    except ValueError:
        return []
    entries = own.get(kind) if isinstance(own, dict) else None
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def proposed(templates: list[Template], happened: Collection[str]) -> list[Template]:
    """The same templates, those that fit what has just happened first."""
    return sorted(templates, key=lambda one: not set(one.after) & set(happened))


def fitting(templates: list[Template], happened: Collection[str]) -> list[Template]:
    """Those that fit what has just happened, then those that fit at any time."""
    return [one for one in proposed(templates, happened) if not one.after or set(one.after) & set(happened)]


def blanks(text: str) -> list[str]:
    """What is to be filled in, each once, in order."""
    return list(dict.fromkeys(BLANK.findall(text)))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put in what is known; a blank that is not known stays."""
    return BLANK.sub(lambda match: values.get(match[1]) or match[0], text)
