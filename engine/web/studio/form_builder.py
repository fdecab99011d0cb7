"""Skjemaer: the forms of a draft, built by choosing, with the form as the citizen will see it beside."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import g, render_template, request

from engine.studio import bpmn_editor, option_lists
from engine.studio.bpmn_editor import conditions
from engine.studio.bpmn_editor.conditions import Comparison
from engine.studio.form_builder import BY_ID, KINDS, FormDraft, bound_to, kind_of
from engine.studio.form_builder.files import KINDS as ENDINGS
from engine.web.shared import forms, view
from engine.web.studio.lists import list_name
from engine.web.studio.process import page
from engine.web.studio.session import LANGUAGES, blueprint, current, draft_of
from engine.web.studio.steps import by_script, keep
from engine.workflow.bpmn.elements import Process
from engine.workflow.definitions.bundle import Bundle
from forms.files import taking
from forms.layout import Field, Form, Row, fields
from forms.reading import read

#: Steps of persons that are done by filling in a form.
WITH_FORM = ("data", "signing", "confirmation")
STATES = ("hidden", "required", "readOnly")


@blueprint.get("/prosesser/<key>/skjema/<step>")
def form(key: str, step: str) -> Any:
    return page(key, "", "skjemaer", step)


@blueprint.post("/prosesser/<key>/skjema/<step>")
def change_form(key: str, step: str) -> Any:
    """One change to the form of a step: a page or a component added, changed, moved or taken out."""
    with view.house().db.read() as connection:
        bundle = draft_of(connection, key).bundle
    given = request.form
    act, component, on = given.get("act", ""), given.get("component", ""), given.get("page", "")
    try:
        if step not in bundle.process.elements:
            raise bpmn_editor.EditRefused("edit.gone")
        work = FormDraft(bundle.files, step)
        anchor = _act(work, act, component, on) or f"felt-{component}"
    except bpmn_editor.EditRefused as refused:
        return (view.t(refused.key), 422) if by_script() else page(key, view.t(refused.key), "skjemaer", step)
    return keep(key, work.files(), "skjemaer", anchor, steg=step)


def _act(work: FormDraft, act: str, component: str, on: str) -> str:
    """Carry out one press. Returns where on the page to go on from, "" for the component itself."""
    given = request.form
    if act == "page":
        return f"side-{work.add_page(given.get('title', ''))}"
    if act == "page-title":
        work.title_page(on, {language: given.get(language, "") for language in LANGUAGES})
    elif act in ("page-up", "page-down"):
        work.move_page(on, -1 if act == "page-up" else 1)
    elif act == "page-remove":
        work.remove_page(on)
        return "skjema"
    elif act == "add":
        kind = BY_ID.get(given.get("kind", ""))
        if kind is None:
            raise bpmn_editor.EditRefused("edit.kind")
        return f"felt-{work.add(on, kind, given.get('title', ''), given.get('group', ''))}"
    elif act in ("up", "down"):
        work.move(component, -1 if act == "up" else 1)
        return f"felt-{component}"
    elif act == "remove":
        work.remove(component)
        return f"side-{on}" if on else "skjema"
    else:
        _change(work, component)
        return f"felt-{component}"
    return f"side-{on}"


def _change(work: FormDraft, component: str) -> None:
    given = request.form
    work.name(
        component,
        {language: given.get(f"title-{language}", "") for language in LANGUAGES},
        {language: given.get(f"help-{language}", "") for language in LANGUAGES},
    )
    for state in STATES:
        when = given.get(f"{state}-when", "")
        if when in ("always", "never"):
            work.let(component, state, when == "always")
        elif when == "if":
            rule = conditions.chosen(
                given.getlist(f"{state}-field"), given.getlist(f"{state}-operator"),
                given.getlist(f"{state}-value"), given.get(f"{state}-join", "and"),
            )  # fmt: skip
            if rule is None:
                raise bpmn_editor.EditRefused("forming.rule")
            work.let(component, state, conditions.write_rule(rule, _kinds(work)))
    if "files-most" in given:
        numbers = [given.get(f"files-{part}", "") for part in ("least", "most", "size")]
        whole = [int(number) if number.isdigit() and len(number) < 4 else -1 for number in numbers]
        work.take_files(component, whole[0], whole[1], whole[2], given.getlist("files-ending"))
    if given.get("list"):
        work.use_list(component, given["list"])
    elif "choices-nb" in given:
        lines = {language: given.get(f"choices-{language}", "").splitlines() for language in LANGUAGES}
        work.choose_from(component, lines)
    if given.get("to-page"):
        work.move_to(component, given["to-page"])


def _kinds(work: FormDraft) -> dict[str, str]:
    """Field → flag or number, where its answer is one."""
    kinds = {"boolean": "flag", "integer": "number", "number": "number"}
    rules = {path: work.rule(path) for _, c in work.components() if (path := bound_to(c))}
    return {path: kinds[str(rule.get("type"))] for path, rule in rules.items() if rule and rule.get("type") in kinds}


# What the page shows


def steps_with_form(process: Process) -> list[Any]:
    return [e for e in process.elements.values() if e.extension.task_type in WITH_FORM and e.type != "serviceTask"]


def shown(bundle: Bundle, wanted: str) -> dict[str, Any]:
    """Everything the tab draws: which steps have forms, and the pages of the one that is open."""
    steps = steps_with_form(bundle.process)
    step = next((e for e in steps if e.id == wanted), None)
    if step is None:
        step = next((e for e in steps if bundle.data_type_of(e.id)), steps[0] if steps else None)
    if step is None:
        return {"steps": [], "step": None}
    work = FormDraft(bundle.files, step.id)
    described = [_component(bundle, work, page_name, c) for page_name, c in work.components()]
    by_id = {row["id"]: row for row in described}
    pages = [
        {
            "name": name,
            "title": bundle.text(name, g.language),
            "texts": {language: bundle.texts.get(language, {}).get(name, "") for language in LANGUAGES},
            "components": [by_id[c["id"]] for c in work.top(name)],
            "groups": [by_id[c["id"]] for c in work.top(name) if c.get("type") in ("Group", "RepeatingGroup")],
        }
        for name in work.pages
    ]
    for row in described:
        row["inside"] = [by_id[child] for child in row["children"] if child in by_id]
    return {
        "steps": [(e.id, e.name or e.id, bundle.data_type_of(e.id) is not None) for e in steps],
        "step": step.id,
        "step_name": step.name or step.id,
        "pages": pages,
        "kinds": KINDS,
        "endings": list(ENDINGS),
        "operators": conditions.ALL_OPERATORS,
        "states": STATES,
        "fields": [(row["path"], row["title"]) for row in described if row["path"] and not row["children"]],
        "lists": [(one, list_name(bundle, one)) for one in option_lists.shared(bundle)],
        "preview": preview_fields(bundle, step.id, {}),
        "data_type": work.data_type,
    }


def _component(bundle: Bundle, work: FormDraft, page_name: str, component: Mapping[str, Any]) -> dict[str, Any]:
    path = bound_to(component)
    kind = kind_of(component, work.rule(path) if path else {})
    bound = component.get("textResourceBindings", {})
    title_key = bound.get("body") if kind and kind.id == "alert" else bound.get("title")
    titles, helps = (
        {
            language: bundle.texts.get(language, {}).get(key, "") if isinstance(key, str) else ""
            for language in LANGUAGES
        }
        for key in (title_key, bound.get("description"))
    )
    options = work.options(component) if kind and kind.options else []
    required = component.get("required", work.asked_by_model(path) if path else False)
    states = {state: component.get(state, False) for state in STATES} | {"required": required}
    return {
        "id": component["id"],
        "page": page_name,
        "kind": kind.id if kind else "",
        "type": component.get("type", ""),
        "path": path,
        "title": titles.get(g.language)
        or titles["nb"]
        or (view.t(f"component.{kind.id}") if kind else component["id"]),
        "titles": titles,
        "helps": helps,
        "options": [
            (str(row["value"]), {lang: work.text(str(row["label"]), lang) for lang in LANGUAGES}) for row in options
        ],
        "takes": taking(component, ()) if kind and kind.id == "files" else None,
        "list": component.get("optionsId", ""),
        "states": {state: _state(value) for state, value in states.items()},
        "sentences": [s for state, value in states.items() if (s := sentence(bundle, work, state, value))],
        "children": [str(child).rpartition(":")[2] for child in component.get("children", ())],
        "inside": [],
    }


def _state(value: Any) -> dict[str, Any]:
    """How a state was chosen: always, never, if (with its rule), or by hand (an expression not built here)."""
    rule = conditions.read_rule(value)
    if rule is not None:
        return {"when": "if", "rule": rule, "written": ""}
    if isinstance(value, list):
        return {"when": "hand", "rule": None, "written": json.dumps(value, ensure_ascii=False)}
    return {"when": "always" if value is True else "never", "rule": None, "written": ""}


def sentence(bundle: Bundle, work: FormDraft, state: str, value: Any) -> str:
    """ "Vises ikke når «Har du gjeld?» er Nei." """
    if value is False or value is None:
        return ""
    rule = conditions.read_rule(value)
    if value is True:
        return view.t(f"forming.{state}.always")
    if rule is None:
        return view.t(f"forming.{state}.hand")
    joined = f" {view.t(f'forming.{rule.join}')} ".join(_condition(bundle, work, c) for c in rule.comparisons)
    return view.t(f"forming.{state}.if", rule=joined)


def _condition(bundle: Bundle, work: FormDraft, condition: Comparison) -> str:
    component = next((c for _, c in work.components() if bound_to(c) == condition.field), {})
    key = component.get("textResourceBindings", {}).get("title")
    name = bundle.text(key, g.language) if isinstance(key, str) else condition.field
    said = next(
        (
            bundle.text(str(o["label"]), g.language)
            for o in work.options(component)
            if str(o["value"]) == condition.value
        ),
        condition.value,
    )
    if condition.value in ("true", "false") and said == condition.value:
        said = view.t("answer.yes" if condition.value == "true" else "answer.no")
    return view.t(f"rule.{condition.operator}", field=name, value=said)


# The form as the citizen will see it


def preview_fields(bundle: Bundle, step: str, data: Mapping[str, Any]) -> tuple[Field, ...]:
    """The fields the real renderer gives for *data*."""
    work = FormDraft(bundle.files, step)
    files = work.files()
    whole = Bundle(bundle.key, files)
    models = {work.data_type: data, "variables": {}}

    def evaluate(expression: Any, row: Row = ()) -> Any:
        return forms.evaluated(expression, models, work.data_type, row)

    def options(name: str) -> Sequence[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = json.loads(files.get(f"options/{name}.json", b"[]"))
        return found

    form_ = Form(whole.layout_files(step), whole.schema(work.data_type), options, work.data_type, forms.rows_asked)
    return fields(form_, data, evaluate, lambda text: whole.text(text, g.language))


@blueprint.post("/prosesser/<key>/skjema/<step>/forhandsvisning")
def preview(key: str, step: str) -> Any:
    """The form again with what was answered in it: what is hidden or asked for follows the answers. Nothing is kept."""
    with view.house().db.read() as connection:
        bundle = current(connection, key)
    drawn = preview_fields(bundle, step, {})
    schema = Bundle(key, FormDraft(bundle.files, step).files()).schema(FormDraft(bundle.files, step).data_type)
    for _ in range(3):  # what an answer brings forth may be answered too
        data = read(drawn, schema, request.form.getlist)
        drawn = preview_fields(bundle, step, data)
    if request.headers.get("HX-Request"):
        return render_template("parts/studio_preview.html", preview=drawn)
    return page(key, "", "skjemaer", step, drawn)
