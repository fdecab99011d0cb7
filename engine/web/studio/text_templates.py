"""Maler: letters and notes caseworkers begin from, written with fill-ins to choose from and shown as they will read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from engine.casework import templates
from engine.platform.calendar import norwegian_today
from engine.studio import template_editor
from engine.studio.bpmn_editor import EditRefused
from engine.studio.commands import EditDraft, Edited
from engine.studio.condition_fields import fields as condition_fields
from engine.studio.template_editor import KINDS, FillIn
from engine.web.shared import answers, view
from engine.web.shared.commands import sends
from engine.web.shared.guards import actor
from engine.web.shared.texts import NAMES
from engine.web.studio.edits import refusal, save
from engine.web.studio.element_words import PEOPLE, in_order
from engine.web.studio.session import LANGUAGES, blueprint, current
from engine.web.studio.tabs import tab
from engine.workflow.bpmn.elements import Process
from engine.workflow.definitions.bundle import Bundle
from forms.formatting import long_date


@blueprint.post("/prosesser/<key>/maler")
@sends(EditDraft)
def change_template(key: str) -> ResponseReturnValue:
    """One change: a template added, written, moved or taken out."""
    form = request.form
    kind, identity, act = form.get("kind", ""), form.get("template", ""), form.get("act", "")

    def change(bundle: Bundle) -> Edited:
        if kind not in KINDS:
            raise EditRefused("template.gone")
        if act == "add":
            return Edited(*template_editor.add(bundle.files, kind, form.get("title", "")))
        if act in ("up", "down"):
            return Edited(template_editor.move(bundle.files, kind, identity, -1 if act == "up" else 1), identity)
        if act == "remove":
            return Edited(template_editor.remove(bundle.files, kind, identity))
        for _, refused in _unknown(bundle, _written()):
            raise refused
        title, body = ({n: form.get(f"{part}-{n}", "") for n in LANGUAGES} for part in ("title", "body"))
        return Edited(
            template_editor.change(bundle.files, kind, identity, title, body, form.getlist("after")), identity
        )

    return save(
        key,
        change,
        "maler",
        lambda _: "mal" if act in ("add", "change") else "maler",
        where=lambda place: {"mal": f"{kind}.{place}" if place else None},
    )


def _written() -> dict[str, str]:
    return {f"{part}-{n}": request.form.get(f"{part}-{n}", "") for n in LANGUAGES for part in ("title", "body")}


def fields_with_errors(bundle: Bundle, written: Mapping[str, str]) -> dict[str, str]:
    """Field → what is wrong with what is written in it: a fill-in nobody can fill."""
    return {field: refusal(refused) for field, refused in _unknown(bundle, written)}


def _unknown(bundle: Bundle, written: Mapping[str, str]) -> Iterator[tuple[str, EditRefused]]:
    """The fields with a fill-in nobody can fill, and the refusal that says which."""
    for field, text in written.items():
        names = template_editor.unknown(bundle, text)
        if names:
            told = view.listed(f"{{{name}}}" for name in names)
            yield field, EditRefused("template.unknown", field, names=told, said_in=NAMES[field[-2:]])


@blueprint.post("/prosesser/<key>/maler/vis")
def preview_template(key: str) -> ResponseReturnValue:
    """The template as it will read, from what is stored."""
    with view.application().db.read() as connection:
        bundle = current(connection, key)
    return render_template(
        "parts/studio_template_preview.html",
        read=_read(bundle, *template_editor.reference(request.form.get("ref", ""))),
    )


# What the page shows


@tab("maler")
def context(bundle: Bundle, process: Process, _: str) -> dict[str, Any]:
    """Every template."""
    return {"mal": shown(bundle, process)}


def shown(bundle: Bundle, process: Process) -> dict[str, Any]:
    """The templates by kind, and the one that is open with all it may say."""
    try:
        found = {kind: template_editor.entries(bundle.files, kind) for kind in KINDS}
    except EditRefused as refused:
        return {"unreadable": view.t(refused.key)}
    kinds = [(kind, [_row(bundle, kind, entry) for entry in rows]) for kind, rows in found.items()]
    kind, identity = _wanted()
    entry = next((one for one in found[kind] if one["id"] == identity), None)
    posted = request.method == "POST" and request.form.get("act") == "change"
    errors = fields_with_errors(bundle, _written() if posted else _stored(kind, entry)) if entry is not None else {}
    if posted and kind == "letters" and not request.form.get("title-nb", "").strip():
        errors["title-nb"] = view.t("template.no_title")
    return {
        "kinds": kinds,
        "open": None if entry is None else _open(bundle, process, kind, entry),
        "fill_ins": _fill_ins(bundle) if entry is not None else [],
        "read": _read(bundle, kind, identity) if entry is not None else [],
        "errors": errors,
    }


def _wanted() -> tuple[str, str]:
    """The kind and id of the template that is open."""
    if request.method == "POST" and request.form.get("template"):
        return template_editor.reference(f"{request.form.get('kind', '')}.{request.form['template']}")
    return template_editor.reference(request.args.get("mal", ""))


def _stored(kind: str, entry: Mapping[str, Any]) -> dict[str, str]:
    """What stands in a template, by the field it is written in."""
    parts = (("title", entry.get("title") or {}), ("body", template_editor.body_of(kind, entry)))
    return {f"{part}-{n}": str(words.get(n, "")) for part, words in parts for n in LANGUAGES}


def _row(bundle: Bundle, kind: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": entry["id"],
        "ref": f"{kind}.{entry['id']}",
        "name": template_editor.named(kind, entry, g.language),
        "missing": [NAMES[language] for language in template_editor.missing(kind, entry)],
        "errors": bool(fields_with_errors(bundle, _stored(kind, entry))),
    }


def _open(bundle: Bundle, process: Process, kind: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    after = [str(step) for step in entry.get("after", ())]
    steps = [(e.id, e.name or e.id) for e in in_order(process) if e.type in PEOPLE]
    steps += [(name, view.t(f"template.event.{name}")) for name in template_editor.EVENTS]
    there = {identity for identity, _ in steps}
    steps += [(step, view.t("template.gone_step", step=step)) for step in after if step not in there]
    return _row(bundle, kind, entry) | {
        "kind": kind,
        "title": entry.get("title") or {},
        "body": template_editor.body_of(kind, entry),
        "after": after,
        "steps": steps,
    }


def _fill_ins(bundle: Bundle) -> list[tuple[str, list[tuple[str, str]]]]:
    """(Where they come from, (name, label)): the case itself, then each form by the name of its step."""
    labels = {f"{field.source}.{field.name}": field.label for field in condition_fields(bundle, g.language)}
    found: dict[str, list[tuple[str, str]]] = {}
    for one in template_editor.fill_ins(bundle):
        if not one.data_type:
            found.setdefault(view.t("template.of_case"), []).append((one.name, view.t(f"template.fill.{one.name}")))
            continue
        step = bundle.process.elements.get(bundle.data_types[one.data_type].task_id)
        source = (step.name if step is not None else "") or one.data_type
        found.setdefault(source, []).append((one.name, labels.get(one.name, one.field)))
    return list(found.items())


def _read(bundle: Bundle, kind: str, identity: str) -> list[tuple[str, str, str]]:
    """(Language, title, text) of a template with made-up values in it; languages it lacks are left out."""
    one = next((found for found in templates.of(bundle, kind) if found.id == identity), None)
    found = []
    for language in LANGUAGES if one is not None else ():
        if one is not None and one.body.get(language):
            values = _made_up(bundle, language)
            title = templates.fill(one.title.get(language, ""), values)
            found.append((language, title, templates.fill(one.body[language], values)))
    return found


def _made_up(bundle: Bundle, language: str) -> dict[str, str]:
    """Blank → words, for a case that is not there."""
    with _in(language):
        today = view.application().clock.now()
        values = {
            "citizen": "Anne Eksempel",
            "number": f"{today.year}-00123",
            "office": view.t("template.made_up.office"),
            "adviser": actor().name,
            "today": long_date(today, language),
            "journey": bundle.title(language).lower(),
        }
        labels = {f"{field.source}.{field.name}": field.label for field in condition_fields(bundle, language)}
        for one in template_editor.fill_ins(bundle):
            if one.data_type:
                values[one.name] = _answer(bundle, one, labels.get(one.name, one.field))
        return values


def _answer(bundle: Bundle, one: FillIn, label: str) -> str:
    """What somebody might have answered, said as the case page says it."""
    rule = one.rule or {}
    several = rule.get("items", {}).get("enum")
    value: Any = several[:2] if several else next(iter(rule.get("enum", ())), None)
    if value is None and rule.get("type") in ("number", "integer"):
        value = 12500
    elif value is None and rule.get("type") == "boolean":
        value = True
    elif value is None and rule.get("format") == "date":
        value = (norwegian_today(view.application().clock) + timedelta(days=14)).isoformat()
    if value is None:
        return view.t("template.made_up.answer", field=label)
    return answers.shown(bundle, one.data_type, one.field, value, rule)


@contextmanager
def _in(language: str) -> Iterator[None]:
    """Words of the page in another language for a moment."""
    before = g.language
    g.language = language
    try:
        yield
    finally:
        g.language = before
