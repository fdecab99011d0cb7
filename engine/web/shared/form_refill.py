"""A page with a form of it filled in anew: the values a person typed before, put into the page as it is drawn now.

Works on the page's HTML, so that it does for every form there is. Hidden fields keep what the new page says; a file
cannot be chosen for somebody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

#: Input types that hold no text of the person's own.
_BUTTONS = frozenset({"submit", "button", "image", "reset"})
_TICKS = frozenset({"checkbox", "radio"})
Attributes = Mapping[str, str | None]


@dataclass(slots=True)
class _Part:
    """A start tag and, for a text area, what stands in it. ``start`` and ``end`` are places in the page."""

    tag: str
    attributes: Attributes
    start: int
    end: int
    content_end: int = -1
    options: list[_Part] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return (self.attributes.get("type") or "text").lower() if self.tag == "input" else self.tag

    @property
    def name(self) -> str:
        return self.attributes.get("name") or ""

    @property
    def value(self) -> str:
        return self.attributes.get("value") or ""


@dataclass(slots=True)
class _Form:
    part: _Part
    addresses: set[str]
    folds: list[_Part]
    controls: list[_Part] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Refilled:
    """``page`` is the HTML, ``left`` what was typed and found no place; ``found`` whether the form is on the page."""

    page: str
    left: Sequence[tuple[str, str]]
    found: bool


class _Reader(HTMLParser):
    """Every form of a page with its controls."""

    def __init__(self, page: str, address: str) -> None:
        super().__init__(convert_charrefs=True)
        self._lines = [0]
        for line in page.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))
        self._address = address
        self.forms: list[_Form] = []
        self.main_end = -1
        self._open: _Form | None = None
        self._folds: list[_Part] = []
        self._area: _Part | None = None
        self._select: _Part | None = None
        self._outside: list[_Part] = []
        self.feed(page)
        self._bring_home()

    def _at(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        start = self._at()
        part = _Part(tag, dict(attrs), start, start + len(self.get_starttag_text() or ""))
        if tag == "main":
            self.main_end = part.end
        elif tag == "details":
            self._folds.append(part)
        elif tag == "form":
            self._open = _Form(part, {self._path(part.attributes.get("action"))}, list(self._folds))
            self.forms.append(self._open)
        elif tag == "option" and self._select is not None:
            self._select.options.append(part)
        elif tag in ("input", "textarea", "select", "button"):
            self._control(part)

    def _control(self, part: _Part) -> None:
        if part.attributes.get("form"):
            self._outside.append(part)
        elif self._open is not None:
            self._take(self._open, part)
        self._area = part if part.tag == "textarea" else self._area
        self._select = part if part.tag == "select" else self._select

    def _take(self, form: _Form, part: _Part) -> None:
        form.controls.append(part)
        if part.attributes.get("formaction"):
            form.addresses.add(self._path(part.attributes.get("formaction")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area is not None:
            self._area.content_end, self._area = self._at(), None
        elif tag == "select":
            self._select = None
        elif tag == "details" and self._folds:
            self._folds.pop()
        elif tag == "form":
            self._open = None

    def _bring_home(self) -> None:
        """Controls that stand outside their form and name it."""
        named = {form.part.attributes.get("id"): form for form in self.forms}
        for part in self._outside:
            if form := named.get(part.attributes.get("form")):
                self._take(form, part)

    def _path(self, action: str | None) -> str:
        return urlsplit(urljoin(self._address, action or self._address)).path


def refill(page: str, address: str, action: str, fields: Sequence[tuple[str, str]], mark: str = "") -> Refilled:
    """*page*, drawn at *address*, with the form that is sent to *action* holding *fields*.

    mark  HTML put into the form that was filled
    """
    forms = [form for form in _Reader(page, address).forms if action in form.addresses]
    if not forms:
        return Refilled(page, tuple(field for field in fields if field[1].strip()), found=False)
    form = max(forms, key=lambda one: _likeness(one, fields))
    sent: dict[str, list[str]] = {}
    for name, value in fields:
        sent.setdefault(name, []).append(value)
    known, edits = set[str](), [(form.part.end, form.part.end, mark)]
    for part in form.controls:
        known.add(part.name)
        edits += _filled(part, sent)
    edits += [(fold.start, fold.end, _tag(fold, {"open": ""})) for fold in form.folds]
    left = tuple((name, value) for name, value in fields if name not in known and value.strip())
    return Refilled(_edited(page, edits), left, found=True)


def after_main(page: str, html: str) -> str:
    """*page* with *html* first in its main part; before all of it where it has none."""
    at = max(0, _Reader(page, "/").main_end)
    return f"{page[:at]}{html}{page[at:]}"


def _likeness(form: _Form, fields: Iterable[tuple[str, str]]) -> int:
    """How many of the values that tell forms of one address apart are those that were sent."""
    sent = set(fields)
    return sum(
        (1 if (part.name, part.value) in sent else -1)
        for part in form.controls
        if part.kind == "hidden" and any(name == part.name for name, _ in sent)
    )


def _filled(part: _Part, sent: Mapping[str, list[str]]) -> list[tuple[int, int, str]]:
    """What changes where a control holds what was sent."""
    values = sent.get(part.name, [])
    if not part.name or part.kind in ("hidden", "file", "password", "button") or part.kind in _BUTTONS:
        return []
    if part.kind in _TICKS:
        ticked = (part.attributes.get("value") or "on") in values
        return [(part.start, part.end, _tag(part, {"checked": "" if ticked else None}))]
    if part.tag == "select":
        return [
            (option.start, option.end, _tag(option, {"selected": "" if option.value in values else None}))
            for option in (part.options if values else ())
        ]
    if not values:
        return []
    value = values.pop(0) if len(values) > 1 else values[0]
    if part.tag == "textarea":
        return [(part.end, part.content_end, "\n" + escape(value))] if part.content_end >= 0 else []
    return [(part.start, part.end, _tag(part, {"value": value}))]


def _tag(part: _Part, changed: Attributes) -> str:
    """The start tag with attributes changed; ``None`` takes one away."""
    attributes = {name: value for name, value in part.attributes.items() if name not in changed}
    attributes.update({name: value for name, value in changed.items() if value is not None})
    written = "".join(
        f" {name}" if value is None else f' {name}="{escape(value, quote=True)}"' for name, value in attributes.items()
    )
    return f"<{part.tag}{written}>"


def _edited(page: str, edits: Iterable[tuple[int, int, str]]) -> str:
    for start, end, text in sorted(edits, reverse=True):
        page = page[:start] + text + page[end:]
    return page
