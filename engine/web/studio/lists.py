"""Lister: what fields choose from, in one place: values with words in three languages, and who uses them."""

from __future__ import annotations

from typing import Any

from flask import g, request

from engine.studio import option_lists
from engine.studio.bpmn_editor import EditRefused
from engine.web.shared import view
from engine.web.studio.process import page
from engine.web.studio.session import LANGUAGES, blueprint, draft_of
from engine.web.studio.steps import keep
from engine.workflow.definitions.bundle import Bundle


@blueprint.post("/prosesser/<key>/lister")
def change_list(key: str) -> Any:
    """One press: a list made, kept with all its lines, or taken out."""
    given = request.form
    identity, act = given.get("list", ""), given.get("act", "")
    with view.house().db.read() as connection:
        bundle = draft_of(connection, key).bundle
    try:
        if act == "create":
            files, identity = option_lists.create(bundle.files, given.get("title", ""))
        elif act == "remove":
            files, identity = option_lists.remove(bundle, identity), ""
        else:
            names = {language: given.get(f"name-{language}", "") for language in LANGUAGES}
            files = option_lists.change(bundle, identity, names, _pressed(_rows(), act))
    except EditRefused as refused:
        return page(key, _told(bundle, identity, refused), "lister")
    return keep(key, files, "lister", "liste" if identity else "lister", liste=identity or None)


def _rows() -> list[option_lists.Row]:
    """The lines of the list, as they were written."""
    given = request.form
    labels = [given.getlist(f"label-{language}") for language in LANGUAGES]
    return [
        option_lists.Row(value, dict(zip(LANGUAGES, said, strict=True)))
        for value, *said in zip(given.getlist("value"), *labels, strict=False)
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


def _told(bundle: Bundle, identity: str, refused: EditRefused) -> str:
    where = ", ".join(use["said"] for use in _used(bundle, identity))
    return view.t(refused.key, where=where, value=refused.values.get("value", ""))


# What the page shows


def list_name(bundle: Bundle, identity: str) -> str:
    """What a list is called, else its id."""
    named = bundle.text(f"list.{identity}", g.language)
    return identity if named == f"list.{identity}" else named


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
    said = {n: bundle.texts.get(n, {}).get(label, "") if known else label if n == "nb" else "" for n in LANGUAGES}
    return {"value": str(row["value"]), **said}


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
        said = view.t("list.use", field=field, step=(step.name if step is not None else "") or use.step)
        found.append({"step": use.step, "component": use.component, "said": said})
    return found
