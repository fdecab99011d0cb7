"""Lister: what fields choose from, in one place: values with words in three languages, and who uses them."""

from __future__ import annotations

from typing import Any

from flask import g, request
from flask.typing import ResponseReturnValue

from engine.studio import option_lists
from engine.studio.bpmn_editor import EditRefused
from engine.studio.commands import EditDraft, Edited
from engine.web.shared import view
from engine.web.shared.commands import sends
from engine.web.studio.edits import save
from engine.web.studio.session import LANGUAGES, blueprint, draft_of
from engine.web.studio.tabs import tab
from engine.workflow.bpmn.elements import Process
from engine.workflow.definitions.bundle import Bundle


@blueprint.post("/prosesser/<key>/lister")
@sends(EditDraft)
def change_list(key: str) -> ResponseReturnValue:
    """One press: a list made, saved with all its lines, or taken out."""
    form = request.form
    wanted, act = form.get("list", ""), form.get("act", "")

    def change(bundle: Bundle) -> Edited:
        if act == "create":
            return Edited(*option_lists.create(bundle.files, form.get("title", "")))
        if act == "remove":
            return Edited(option_lists.remove(bundle, wanted))
        names = {language: form.get(f"name-{language}", "") for language in LANGUAGES}
        return Edited(option_lists.change(bundle, wanted, names, _pressed(_rows(), act)), wanted)

    def message_of(refused: EditRefused) -> str:
        with view.application().db.read() as connection:
            used = _used(draft_of(connection, key).bundle, wanted)
        where = view.listed(use["sentence"] for use in used)
        return view.t(refused.key, **{"value": "", **refused.values, "where": where})

    return save(
        key,
        change,
        "lister",
        lambda place: "liste" if place else "lister",
        where=lambda place: {"liste": place or None},
        message_of=message_of,
    )


def _rows() -> list[option_lists.Row]:
    """The lines of the list, as they were written."""
    submitted = request.form
    labels = [submitted.getlist(f"label-{language}") for language in LANGUAGES]
    return [
        option_lists.Row(value, dict(zip(LANGUAGES, row_labels, strict=True)))
        for value, *row_labels in zip(submitted.getlist("value"), *labels, strict=False)
    ]


def _pressed(rows: list[option_lists.Row], act: str) -> list[option_lists.Row]:
    """The lines after a button that stands on one of them: up, down or away."""
    what, _, number = act.partition("-")
    at = int(number) if number.isdigit() and len(number) < 4 else -1
    if 0 <= at < len(rows):
        if what == "drop":
            del rows[at]
        elif what in ("up", "down"):
            to = min(max(at + (-1 if what == "up" else 1), 0), len(rows) - 1)
            rows.insert(to, rows.pop(at))
    return rows


# What the page shows


def list_name(bundle: Bundle, identity: str) -> str:
    """What a list is called, else its id."""
    named = bundle.text(f"list.{identity}", g.language)
    return identity if named == f"list.{identity}" else named


@tab("lister")
def context(bundle: Bundle, _process: Process, _step: str) -> dict[str, Any]:
    """Every list."""
    return {"liste": shown(bundle)}


def shown(bundle: Bundle) -> dict[str, Any]:
    """Every list with who chooses from it, and the one that is open with its lines."""
    posted = request.method == "POST"
    wanted = request.form.get("list", "") if posted else request.args.get("liste", "")
    every = [
        {"id": one, "name": list_name(bundle, one), "uses": _used(bundle, one), "count": _count(bundle, one)}
        for one in option_lists.shared(bundle)
    ]
    open_ = next((one for one in every if one["id"] == wanted), None)
    if open_ is not None:
        texts = {n: bundle.texts.get(n, {}) for n in LANGUAGES}
        try:
            rows = option_lists.rows(bundle.files, wanted)
        except EditRefused as refused:
            return {"every": every, "open": None, "unreadable": view.t(refused.key)}
        lines = [_line(bundle, row) for row in rows]
        names = {n: texts[n].get(f"list.{wanted}", wanted if n == "nb" else "") for n in LANGUAGES}
        if posted and "value" in request.form:
            lines = [{"value": row.value, **row.labels} for row in _rows()]
            names = {n: request.form.get(f"name-{n}", "") for n in LANGUAGES}
        lines = [line for line in lines if line["value"] or any(line[n] for n in LANGUAGES)]
        open_ = {**open_, "names": names, "lines": [*lines, {"value": "", **dict.fromkeys(LANGUAGES, "")}]}
    return {"every": every, "open": open_}


def _line(bundle: Bundle, row: dict[str, Any]) -> dict[str, str]:
    """A line that carries its words itself, and not a text key, has them in bokmål."""
    label = str(row.get("label", ""))
    known = any(label in texts for texts in bundle.texts.values())
    words = {n: bundle.texts.get(n, {}).get(label, "") if known else label if n == "nb" else "" for n in LANGUAGES}
    return {"value": str(row["value"]), **words}


def _count(bundle: Bundle, identity: str) -> int:
    try:
        return len(option_lists.rows(bundle.files, identity))
    except EditRefused:
        return 0


def _used(bundle: Bundle, identity: str) -> list[dict[str, str]]:
    """The fields that choose from a list, in words, with the step whose form they stand in."""
    found = []
    for use in option_lists.uses(bundle).get(identity, ()):
        step = bundle.process.elements.get(use.step)
        field = bundle.text(use.title, g.language) if use.title else use.component
        sentence = view.t("list.use", field=field, step=(step.name if step is not None else "") or use.step)
        found.append({"step": use.step, "component": use.component, "sentence": sentence})
    return found
