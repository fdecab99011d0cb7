"""Templates of letters and notes while an administrator writes them: ``templates.json`` of a draft.

The format is described in ``engine/casework/templates.py``. What the file holds and is not understood is left as is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.advice.event_kinds import AdviceEvent
from engine.casework.event_kinds import CaseworkEvent
from engine.casework.templates import BLANK, blanks
from engine.studio.bpmn_editor import EditRefused, Files
from engine.studio.bpmn_editor.values import within
from engine.studio.drafts import key_from
from engine.workflow.bpmn.elements import Finding
from engine.workflow.definitions.bundle import Bundle

FILE = "templates.json"
KINDS = ("letters", "notes")
LANGUAGES = ("nb", "nn", "en")
#: What may have happened, besides a step being done, when a template is proposed.
EVENTS = (AdviceEvent.OVERVIEW_OPENED, CaseworkEvent.CASE_PAUSED)
#: Fill-ins every case has.
COMMON = ("citizen", "number", "office", "adviser", "today", "journey")
MAX_LENGTH = {"title": 200, "body": 20_000}


@dataclass(frozen=True, slots=True)
class FillIn:
    """``data_type`` and ``field`` are "" for what every case has. ``rule`` is the field's JSON Schema."""

    name: str
    data_type: str = ""
    field: str = ""
    rule: Mapping[str, Any] | None = None


def fill_ins(bundle: Bundle) -> list[FillIn]:
    """All a template may have filled in: what every case has, then the fields of every form, in order.

    A form that each party fills in alone is not there, nor are groups: there is no one answer to put in.
    """
    found = [FillIn(name) for name in COMMON]
    for kind in bundle.data_types.values():
        if kind.per_party:
            continue
        for name, rule in (bundle.schema(kind.id) or {}).get("properties", {}).items():
            grouped = rule.get("type") == "object" or rule.get("items", {}).get("type") == "object"
            if not grouped and BLANK.fullmatch(f"{{{kind.id}.{name}}}"):
                found.append(FillIn(f"{kind.id}.{name}", kind.id, name, rule))
    return found


def unknown(bundle: Bundle, text: str) -> list[str]:
    """Fill-ins of a text that no case of the journey can ever fill."""
    known = {one.name for one in fill_ins(bundle)}
    return [name for name in blanks(text) if name not in known]


def entries(files: Files, kind: str) -> list[dict[str, Any]]:
    """The templates of a kind that can be edited, in order."""
    return [entry for entry in _rows(_read(files), kind) if _is_template(entry)]


def body_of(kind: str, entry: Mapping[str, Any]) -> Mapping[str, str]:
    """Language → text; a letter calls it ``body``, a note ``text``, and either may be read."""
    body: Any = entry.get("body") or entry.get("text")
    return body if isinstance(body, dict) else {}


def named(kind: str, entry: Mapping[str, Any], language: str) -> str:
    """What a template is called: a letter by its title, a note by its first words."""
    texts: Mapping[str, str] = (entry.get("title") or {}) if kind == "letters" else body_of(kind, entry)
    words = " ".join(str(texts.get(language) or texts.get("nb") or entry["id"]).split())
    return words if len(words) <= 70 else f"{words[:70].rpartition(' ')[0]} …"


def missing(kind: str, entry: Mapping[str, Any]) -> list[str]:
    """The languages a template lacks, in its title or its text."""
    parts = [body_of(kind, entry), *([entry.get("title") or {}] if kind == "letters" else [])]
    return [language for language in LANGUAGES if any(not str(part.get(language, "")).strip() for part in parts)]


def add(files: Files, kind: str, title: str) -> tuple[dict[str, bytes], str]:
    """A template last, called *title* in bokmål (of a note: its text). Returns its id too."""
    title = within(" ".join(title.split()), MAX_LENGTH["title"], "title")
    if not title:
        raise EditRefused("template.no_title", "title")
    whole = _read(files)
    taken = {str(entry.get("id")) for known in KINDS for entry in _rows(whole, known) if isinstance(entry, dict)}
    identity = name = key_from(title)[:40].strip("_") or "mal"
    number = 1
    while identity in taken:
        number += 1
        identity = f"{name}{number}"
    entry: dict[str, Any] = {"id": identity}
    if kind == "letters":
        entry |= {"title": {"nb": title}, "body": {"nb": ""}}
    else:
        entry["text"] = {"nb": title}
    whole[kind] = [*_rows(whole, kind), entry]
    return _write(files, whole), identity


def change(
    files: Files, kind: str, identity: str, title: Mapping[str, str], body: Mapping[str, str], after: Sequence[str]
) -> dict[str, bytes]:
    """Words in every language, and the steps after which it is proposed. Raises ``EditRefused``."""
    whole = _read(files)
    entry = _find(whole, kind, identity)
    if kind == "letters":
        if not title.get("nb", "").strip():
            raise EditRefused("template.no_title", "title-nb")
        entry["title"] = _texts(title, "title")
    entry["body" if "body" in entry or kind == "letters" else "text"] = _texts(body, "body")
    if after:
        entry["after"] = list(dict.fromkeys(after))
    else:
        entry.pop("after", None)
    return _write(files, whole)


def move(files: Files, kind: str, identity: str, by: int) -> dict[str, bytes]:
    """Up (-1) or down (1) among those that can be edited."""
    whole = _read(files)
    entry = _find(whole, kind, identity)
    rows = _rows(whole, kind)
    shown = [row for row in rows if _is_template(row)]
    at = shown.index(entry) + by
    if 0 <= at < len(shown):
        here, there = rows.index(entry), rows.index(shown[at])
        rows[here], rows[there] = rows[there], rows[here]
    return _write(files, whole)


def remove(files: Files, kind: str, identity: str) -> dict[str, bytes]:
    """Without the template; the last one takes the file with it."""
    whole = _read(files)
    _rows(whole, kind).remove(_find(whole, kind, identity))
    if not any(whole.values()):
        return {name: data for name, data in files.items() if name != FILE}
    return _write(files, whole)


def template_findings(bundle: Bundle) -> Iterator[Finding]:
    """A fill-in nobody can fill, a language that is missing, a step that is gone. The element is kind and id."""
    if FILE not in bundle.files:
        return
    there = {*bundle.process.elements, *EVENTS}
    for kind in KINDS:
        for entry in entries(bundle.files, kind):
            place = f"{kind}.{entry['id']}"
            texts = [*body_of(kind, entry).values(), *(entry.get("title") or {}).values()]
            for blank in dict.fromkeys(name for text in texts for name in unknown(bundle, str(text))):
                yield Finding(
                    place,
                    "template-unknown-blank",
                    f"no case can ever fill in {{{blank}}}",
                    parameters={"blank": blank},
                )
            lacking = missing(kind, entry)
            if lacking:
                severity = "error" if "nb" in lacking else "warning"
                text = f"the template is missing in {', '.join(lacking)}"
                yield Finding(
                    place,
                    "template-language-missing",
                    text,
                    severity=severity,
                    parameters={"lacking": ", ".join(lacking)},
                )
            for step in entry.get("after", ()):
                if step not in there:
                    text = f"the template is proposed after {step}, which is not there"
                    yield Finding(place, "template-step-gone", text, severity="warning", parameters={"step": step})


def _read(files: Files) -> dict[str, Any]:
    try:
        whole = json.loads(files.get(FILE, b"{}"))
    except ValueError:
        raise EditRefused("template.unreadable") from None
    if not isinstance(whole, dict) or any(not isinstance(whole.get(kind, []), list) for kind in KINDS):
        raise EditRefused("template.unreadable")
    return whole


def _rows(whole: Mapping[str, Any], kind: str) -> list[Any]:
    found: list[Any] = whole.get(kind, [])
    return found


def _is_template(entry: object) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("id"), str) and isinstance(body_of("", entry), dict)


def _find(whole: Mapping[str, Any], kind: str, identity: str) -> dict[str, Any]:
    found: dict[str, Any] | None = next(
        (entry for entry in _rows(whole, kind) if _is_template(entry) and entry["id"] == identity), None
    )
    if found is None:
        raise EditRefused("template.gone")
    return found


def _texts(written: Mapping[str, str], part: str) -> dict[str, str]:
    """The languages something was written in; bokmål always stands."""
    texts = {language: written.get(language, "").replace("\r\n", "\n").strip() for language in LANGUAGES}
    for language, text in texts.items():
        within(text, MAX_LENGTH[part], f"{part}-{language}")
    return {language: text for language, text in texts.items() if text or language == "nb"}


def _write(files: Files, whole: Mapping[str, Any]) -> dict[str, bytes]:
    return {**files, FILE: json.dumps(whole, ensure_ascii=False, indent=2).encode()}


def reference(ref: str) -> tuple[str, str]:
    """The kind and id a template is referred to by: ``letters.<id>``; no id where it names no kind of ours."""
    kind, _, identity = ref.partition(".")
    return (kind, identity) if kind in KINDS else (KINDS[0], "")
