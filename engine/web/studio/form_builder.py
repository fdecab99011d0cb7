"""Skjemaer: the forms of a draft, built by choosing, with the form as the citizen will see it beside."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from engine.studio import bpmn_editor, option_lists
from engine.studio.bpmn_editor import conditions
from engine.studio.bpmn_editor.conditions import Comparison
from engine.studio.commands import EditDraft, Edited
from engine.studio.form_builder import BY_ID, KINDS, FormDraft, bound_to, kind_of
from engine.studio.form_builder.files import KINDS as ENDINGS
from engine.web.shared import forms, view
from engine.web.shared.commands import sends
from engine.web.studio.edits import save
from engine.web.studio.lists import list_name
from engine.web.studio.process import page
from engine.web.studio.session import LANGUAGES, blueprint, current
from engine.web.studio.tabs import tab
from engine.workflow.bpmn.elements import Element, Process
from engine.workflow.definitions.bundle import Bundle
from forms.files import taking
from forms.layout import Field, Form, Row, fields
from forms.reading import read
from forms.values import Value

#: Steps of persons that are done by filling in a form.
WITH_FORM = ("data", "signing", "confirmation")
STATES = ("hidden", "required", "readOnly")


@blueprint.get("/prosesser/<key>/skjema/<step>")
def form(key: str, step: str) -> ResponseReturnValue:
    return page(key, "", "skjemaer", step)


@blueprint.post("/prosesser/<key>/skjema/<step>")
@sends(EditDraft)
def change_form(key: str, step: str) -> ResponseReturnValue:
    """One change to the form of a step: a page or a component added, changed, moved or taken out."""
    form = request.form
    act = _ACTS.get(form.get("act", ""), _change)

    def change(bundle: Bundle) -> Edited:
        if step not in bundle.process.elements:
            raise bpmn_editor.EditRefused("edit.gone")
        work = FormDraft(bundle.files, step)
        anchor = act(work, form)
        return Edited(work.files(), anchor)

    return save(key, change, "skjemaer", lambda anchor: anchor, step=step, where=lambda _: {"steg": step})


#: One press on the form of a step, from what was posted. Returns where on the page to go on from.
Act = Callable[[FormDraft, MultiDict[str, str]], str]


def _page_add(work: FormDraft, form: MultiDict[str, str]) -> str:
    return f"side-{work.add_page(form.get('title', ''))}"


def _page_title(work: FormDraft, form: MultiDict[str, str]) -> str:
    work.title_page(form.get("page", ""), {language: form.get(language, "") for language in LANGUAGES})
    return f"side-{form.get('page', '')}"


def _page_move(by: int) -> Act:
    def move(work: FormDraft, form: MultiDict[str, str]) -> str:
        work.move_page(form.get("page", ""), by)
        return f"side-{form.get('page', '')}"

    return move


def _page_remove(work: FormDraft, form: MultiDict[str, str]) -> str:
    work.remove_page(form.get("page", ""))
    return "skjema"


def _add(work: FormDraft, form: MultiDict[str, str]) -> str:
    kind = BY_ID.get(form.get("kind", ""))
    if kind is None:
        raise bpmn_editor.EditRefused("edit.kind")
    return f"felt-{work.add(form.get('page', ''), kind, form.get('title', ''), form.get('group', ''))}"


def _move(by: int) -> Act:
    def move(work: FormDraft, form: MultiDict[str, str]) -> str:
        work.move(form.get("component", ""), by)
        return f"felt-{form.get('component', '')}"

    return move


def _remove(work: FormDraft, form: MultiDict[str, str]) -> str:
    work.remove(form.get("component", ""))
    return f"side-{form['page']}" if form.get("page") else "skjema"


def _change(work: FormDraft, form: MultiDict[str, str]) -> str:
    """Everything the form of a component says of it."""
    component = form.get("component", "")
    work.name(
        component,
        {language: form.get(f"title-{language}", "") for language in LANGUAGES},
        {language: form.get(f"help-{language}", "") for language in LANGUAGES},
    )
    for state in STATES:
        _change_state(work, component, state, form)
    if "files-most" in form:
        numbers = [form.get(f"files-{part}", "") for part in ("least", "most", "size")]
        whole = [int(number) if number.isdigit() and len(number) < 4 else -1 for number in numbers]
        work.set_file_limits(component, whole[0], whole[1], whole[2], form.getlist("files-ending"))
    if form.get("list"):
        work.use_list(component, form["list"])
    elif "choices-nb" in form:
        lines = {language: form.get(f"choices-{language}", "").splitlines() for language in LANGUAGES}
        work.choose_from(component, lines)
    if form.get("to-page"):
        work.move_to(component, form["to-page"])
    return f"felt-{component}"


def _change_state(work: FormDraft, component: str, state: str, form: MultiDict[str, str]) -> None:
    """Whether a component is hidden, required or read only: always, never, or by a rule that was chosen."""
    when = form.get(f"{state}-when", "")
    if when in ("always", "never"):
        work.let(component, state, when == "always")
    elif when == "if":
        rule = conditions.chosen(
            form.getlist(f"{state}-field"),
            form.getlist(f"{state}-operator"),
            form.getlist(f"{state}-value"),
            form.get(f"{state}-join", "and"),
        )
        if rule is None:
            raise bpmn_editor.EditRefused("forming.rule")
        work.let(component, state, conditions.write_rule(rule, _kinds(work)))


_ACTS: Mapping[str, Act] = {
    "page": _page_add,
    "page-title": _page_title,
    "page-up": _page_move(-1),
    "page-down": _page_move(1),
    "page-remove": _page_remove,
    "add": _add,
    "up": _move(-1),
    "down": _move(1),
    "remove": _remove,
    "change": _change,
}


def _kinds(work: FormDraft) -> dict[str, str]:
    """Field → flag or number, where its answer is one."""
    kinds = {"boolean": "flag", "integer": "number", "number": "number"}
    rules = {path: work.rule(path) for _, c in work.components() if (path := bound_to(c))}
    return {path: kinds[str(rule.get("type"))] for path, rule in rules.items() if rule and rule.get("type") in kinds}


# What the page shows


def steps_with_form(process: Process) -> list[Element]:
    return [e for e in process.elements.values() if e.extension.task_type in WITH_FORM and e.type != "serviceTask"]


@tab("skjemaer")
def context(bundle: Bundle, _: Process, step: str) -> dict[str, Any]:
    """The form of the step that is open."""
    return {"form": shown(bundle, step)}


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
    required = component.get("required", work.required_by_model(path) if path else False)
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


def _state(value: Value) -> dict[str, Any]:
    """How a state was chosen: always, never, if (with its rule), or by hand (an expression not built here)."""
    rule = conditions.read_rule(value)
    if rule is not None:
        return {"when": "if", "rule": rule, "written": ""}
    if isinstance(value, list):
        return {"when": "hand", "rule": None, "written": json.dumps(value, ensure_ascii=False)}
    return {"when": "always" if value is True else "never", "rule": None, "written": ""}


def sentence(bundle: Bundle, work: FormDraft, state: str, value: Value) -> str:
    """ "Vises ikke når «Har du gjeld?» er Nei." """
    if value is False or value is None:
        return ""
    rule = conditions.read_rule(value)
    if value is True:
        return view.t(f"forming.{state}.always")
    if rule is None:
        return view.t(f"forming.{state}.hand")
    compared = (_condition(bundle, work, c) for c in rule.comparisons)
    joined = view.listed(compared, "or" if rule.join == "or" else "standard")
    return view.t(f"forming.{state}.if", rule=joined)


def _condition(bundle: Bundle, work: FormDraft, condition: Comparison) -> str:
    component = next((c for _, c in work.components() if bound_to(c) == condition.field), {})
    key = component.get("textResourceBindings", {}).get("title")
    name = bundle.text(key, g.language) if isinstance(key, str) else condition.field
    value_text = next(
        (
            bundle.text(str(o["label"]), g.language)
            for o in work.options(component)
            if str(o["value"]) == condition.value
        ),
        condition.value,
    )
    if condition.value in ("true", "false") and value_text == condition.value:
        value_text = view.t("answer.yes" if condition.value == "true" else "answer.no")
    return view.t(f"rule.{condition.operator}", field=name, value=value_text)


# The form as the citizen will see it


def preview_fields(bundle: Bundle, step: str, data: Mapping[str, Any]) -> tuple[Field, ...]:
    """The fields the real renderer gives for *data*."""
    work = FormDraft(bundle.files, step)
    files = work.files()
    whole = Bundle(bundle.key, files)
    models = {work.data_type: data, "variables": {}}

    def evaluate(expression: Value, row: Row = ()) -> Value:
        return forms.evaluated(expression, models, work.data_type, row)

    def options(name: str) -> Sequence[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = json.loads(files.get(f"options/{name}.json", b"[]"))
        return found

    form_ = Form(whole.layout_files(step), whole.schema(work.data_type), options, work.data_type, forms.rows_asked)
    return fields(form_, data, evaluate, lambda text: whole.text(text, g.language))


@blueprint.post("/prosesser/<key>/skjema/<step>/forhandsvisning")
def preview(key: str, step: str) -> ResponseReturnValue:
    """The form again with what was answered in it: what is hidden or asked for follows. Nothing is stored."""
    with view.application().db.read() as connection:
        bundle = current(connection, key)
    drawn = preview_fields(bundle, step, {})
    schema = Bundle(key, FormDraft(bundle.files, step).files()).schema(FormDraft(bundle.files, step).data_type)
    for _ in range(3):  # what an answer brings forth may be answered too
        data = read(drawn, schema, request.form.getlist)
        drawn = preview_fields(bundle, step, data)
    if request.headers.get("HX-Request"):
        return render_template("parts/studio_preview.html", preview=drawn)
    return page(key, "", "skjemaer", step, drawn)
