"""Prosesser: an administrator uploads or copies a bundle, edits it, tries it, and publishes it. No code, no server."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import g, make_response, redirect, render_template, request, url_for
from sqlalchemy import Connection, func, select
from werkzeug.wrappers import Response

from engine.authorization.actor import Role
from engine.authorization.policy import PolicyError, read_policy
from engine.bpmn.drawing import to_svg
from engine.bpmn.elements import Element
from engine.bpmn.validator import Capabilities
from engine.bpmn.xml import BpmnSyntaxError
from engine.cases.models import case_file
from engine.definitions import drafts, editing
from engine.definitions.bundle import Bundle, BundleError
from engine.definitions.faults import House, allowed, faults, missing_texts, roles_named
from engine.definitions.library import UnknownDefinition
from engine.execution.behaviours import BEHAVIOURS, EVENT_KINDS
from engine.execution.commands import Conflict, Invalid, NotFound, Refusal
from engine.execution.models import user_task
from engine.studio.trial import Trial
from engine.task_types.palette import USER_TASKS
from engine.web import forms, view
from engine.web.guards import actor, guarded

blueprint = guarded("studio", __name__, Role.ADMINISTRATOR.value)
CAPABILITIES = Capabilities(frozenset(BEHAVIOURS), EVENT_KINDS)
LANGUAGES = ("nb", "nn", "en")


def _house(connection: Connection) -> House:
    application = view.house()
    processes = [deployed.key for deployed in application.library.every_newest(connection)]
    return House(CAPABILITIES, application.job_types.keys(), USER_TASKS, processes)


@blueprint.get("/prosesser")
def index() -> Any:
    return _index(())


def _index(wrong: tuple[str, ...]) -> Any:
    """Every process: which version is in use in how many cases, and whether there is a draft."""
    house = view.house()
    with house.db.read() as connection:
        deployed = house.library.every_newest(connection)
        kept = drafts.every(connection)
        running: dict[str, int] = dict(
            connection.execute(
                select(case_file.c.key, func.count()).where(case_file.c.state == "open").group_by(case_file.c.key)
            )
            .tuples()
            .all()
        )
        new = [(key, drafts.find(connection, key)) for key in kept if key not in {d.key for d in deployed}]
    body = render_template(
        "studio_index.html",
        deployed=sorted(deployed, key=lambda d: d.bundle.title(g.language).lower()),
        drafts=kept,
        new=new,
        running=running,
        wrong=wrong,
    )
    return (body, 422) if wrong else body


@blueprint.post("/prosesser/last-opp")
def upload() -> Any:
    """A zip becomes a draft, whatever faults it has: they are listed on its page."""
    file = request.files.get("bundle")
    data = file.read() if file else b""
    if not data:
        return _index((view.t("studio.choose_file"),))
    try:
        bundle = drafts.read_upload(data)
    except BundleError as error:
        return _index(tuple(error.faults))
    return _begin(bundle)


@blueprint.post("/prosesser/kopi")
def copy() -> Any:
    """A new process that begins as a copy of another."""
    key, title = request.form.get("key", "").strip(), request.form.get("title", "").strip()
    house = view.house()
    with house.db.read() as connection:
        source = _deployed(connection, request.form.get("source", ""))
        taken = key in {d.key for d in house.library.every_newest(connection)} or drafts.find(connection, key)
    if not drafts.KEY.fullmatch(key) or not title or len(title) > 80:
        return _index((view.t("studio.key_wrong"),))
    if taken:
        return _index((view.t("studio.key_taken", name=key),))
    return _begin(drafts.renamed(source.bundle, key, title))


@blueprint.post("/prosesser/<key>/utkast")
def edit(key: str) -> Response:
    """Begin the next version of a process as a draft."""
    house = view.house()
    with house.db.read() as connection:
        there = drafts.find(connection, key)
        bundle = _deployed(connection, key).bundle
    return redirect(url_for("studio.show", key=key), 303) if there else _begin(bundle)


def _begin(bundle: Bundle) -> Response:
    house = view.house()
    with house.db.write() as connection:
        try:
            base = house.library.newest(connection, bundle.key).version
        except UnknownDefinition:
            base = 0
        drafts.begin(connection, bundle, base, actor(), house.clock.now())
    return redirect(url_for("studio.show", key=bundle.key), 303)


def _deployed(connection: Connection, key: str) -> Any:
    try:
        return view.house().library.newest(connection, key)
    except UnknownDefinition:
        raise NotFound(key) from None


@blueprint.get("/prosesser/<key>")
def show(key: str) -> Any:
    return _page(key, "")


def _page(key: str, wrong: str, tab: str = "") -> Any:
    """The draft, or the version in use when there is none: diagram, faults, steps, texts, access, versions."""
    house = view.house()
    with house.db.read() as connection:
        draft = drafts.find(connection, key)
        versions = house.library.versions(connection, key)
        if draft is None and not versions:
            raise NotFound(key)
        bundle = draft.bundle if draft else versions[0].bundle
        found = faults(bundle, _house(connection))
        counts = _waiting(connection, key, versions)
        left = _left_behind(connection, bundle, versions) if draft else []
    process, svg, steps = None, "", []
    try:
        process = bundle.process
        svg = to_svg(process, title=bundle.title(g.language), findings={f.element for f in found})
        steps = [_step(bundle, element) for element in process.elements.values() if element.type not in _QUIET]
    except (BpmnSyntaxError, StopIteration):
        pass
    tab = tab or request.args.get("fane", "diagram")
    body = render_template(
        "studio_process.html",
        key=key,
        bundle=bundle,
        draft=draft,
        versions=versions,
        counts=counts,
        left=left,
        faults=found,
        errors=[f for f in found if f.severity == "error"],
        svg=svg,
        steps=steps,
        access=_access(bundle) if process else [],
        missing=dict(missing_texts(bundle)) if process else {},
        texts=_texts(bundle) if process else [],
        languages_=LANGUAGES,
        tab=tab if tab in ("diagram", "steg", "tekster", "tilganger", "versjoner") else "diagram",
        wrong=wrong,
        given=request.form if wrong else {},
    )
    return (body, 422) if wrong else body


_QUIET = frozenset({"exclusiveGateway", "parallelGateway", "startEvent", "endEvent"})


def _step(bundle: Bundle, element: Element) -> dict[str, Any]:
    extension = element.extension
    ways = [bundle.process.flows[flow] for flow in element.outgoing]
    return {
        "id": element.id,
        "name": element.name,
        "type": element.type,
        "task_type": extension.task_type,
        "performer": extension.performer or "citizen",
        "due": extension.due_after,
        "warn": extension.warn_before,
        "next": [bundle.process.elements[way.target].name or way.target for way in ways],
        "person": element.type in ("userTask", "manualTask", "task"),
    }


def _waiting(connection: Connection, key: str, versions: list[Any]) -> dict[int, int]:
    """Version → how many open cases run on it."""
    rows = connection.execute(
        select(case_file.c.definition_id, func.count())
        .where(case_file.c.key == key, case_file.c.state == "open")
        .group_by(case_file.c.definition_id)
    ).all()
    by_id = {row[0]: row[1] for row in rows}
    return {deployed.version: by_id.get(deployed.id, 0) for deployed in versions}


def _left_behind(connection: Connection, bundle: Bundle, versions: list[Any]) -> list[tuple[str, int]]:
    """Steps that are gone in the draft though cases of an earlier version wait in them."""
    ids = [deployed.id for deployed in versions]
    rows = connection.execute(
        select(user_task.c.element_id, func.count())
        .where(user_task.c.definition_id.in_(ids), user_task.c.state.in_(("ready", "claimed")))
        .group_by(user_task.c.element_id)
    ).all()
    try:
        there = set(bundle.process.elements)
    except (BpmnSyntaxError, StopIteration):
        return []
    return [(row[0], row[1]) for row in rows if row[0] not in there]


def _access(bundle: Bundle) -> list[dict[str, Any]]:
    """Who may do which step, as the policy says."""
    try:
        policy = read_policy(bundle.files["policy.xml"])
    except (KeyError, PolicyError, BpmnSyntaxError):
        return []
    found = []
    for element in bundle.process.elements.values():
        if element.type in ("userTask", "manualTask", "task"):
            may = [role for role in roles_named(policy) if allowed(policy, bundle.key, element.id, role) - {"read"}]
            found.append({"name": element.name, "roles": [_role(bundle, role) for role in may]})
    return found


def _role(bundle: Bundle, role: str) -> str:
    own = bundle.text(f"role.{role}", g.language)
    return view.t(f"role.{role}") if role in ("priv", "radgiver") else role if own.startswith("role.") else own


def _texts(bundle: Bundle) -> list[str]:
    keys = {key for texts in bundle.texts.values() for key in texts}
    lacking = {key for key, _ in missing_texts(bundle)}
    return sorted(keys | lacking, key=lambda key: (key not in lacking, key))


def _draft(connection: Connection, key: str) -> drafts.Draft:
    found = drafts.find(connection, key)
    if found is None:
        raise NotFound(key)
    return found


def _change(key: str, files: Any, tab: str) -> Any:
    """Keep changed files, unless a colleague was faster: then nothing of either is lost."""
    house = view.house()
    revision = request.form.get("revision", "0")
    try:
        with house.db.write() as connection:
            number = int(revision) if revision.isdigit() else 0
            drafts.save(connection, key, files, number, actor(), house.clock.now())
    except Conflict:
        return _page(key, view.t("studio.conflict"), tab)
    return redirect(url_for("studio.show", key=key, fane=tab), 303)


@blueprint.post("/prosesser/<key>/steg")
def step(key: str) -> Any:
    """Change, add or remove one step."""
    form = request.form
    with view.house().db.read() as connection:
        files = _draft(connection, key).bundle.files
    element, act = form.get("element", ""), form.get("act", "")
    try:
        if act == "add":
            changed = editing.add_step(
                files, element, name=form.get("name", ""), performer=form.get("performer", "citizen")
            )
        elif act == "remove":
            changed = editing.remove_step(files, element)
        else:
            changed = editing.change_step(
                files,
                element,
                name=form.get("name", ""),
                due=form.get("due", "").strip().upper(),
                warn=form.get("warn", "").strip().upper(),
                performer=form.get("performer", ""),
            )
            for language in LANGUAGES if act == "change" and form.get("person") else ():
                if language == "nb":
                    changed = editing.set_text(changed, f"task.{element}", language, form.get("name", "").strip())
    except editing.EditRefused as refused:
        return _page(key, view.t(refused.key), "steg")
    return _change(key, changed, "steg")


@blueprint.post("/prosesser/<key>/tekst")
def text(key: str) -> Any:
    """One text key in three languages."""
    name = request.form.get("key", "").strip()
    if not name or len(name) > 120:
        return _page(key, view.t("studio.text_key"), "tekster")
    with view.house().db.read() as connection:
        files: Any = _draft(connection, key).bundle.files
    for language in LANGUAGES:
        files = editing.set_text(files, name, language, request.form.get(language, "").strip()[:4000])
    return _change(key, files, "tekster")


@blueprint.post("/prosesser/<key>/angre")
def undo(key: str) -> Response:
    house = view.house()
    with house.db.write() as connection:
        drafts.undo(connection, key, actor(), house.clock.now())
    return redirect(url_for("studio.show", key=key), 303)


@blueprint.post("/prosesser/<key>/forkast")
def discard(key: str) -> Response:
    house = view.house()
    with house.db.write() as connection:
        drafts.discard(connection, key, actor(), house.clock.now())
    return redirect(url_for("studio.index"), 303)


@blueprint.post("/prosesser/<key>/publiser")
def publish(key: str) -> Any:
    """The draft becomes the next version. Cases that run stay on theirs."""
    house = view.house()
    with house.db.write() as connection:
        draft = _draft(connection, key)
        if any(f.severity == "error" for f in faults(draft.bundle, _house(connection))):
            return _page(key, view.t("studio.has_faults"))
        if str(draft.revision) != request.form.get("revision"):
            return _page(key, view.t("studio.conflict"))
        deployed, new = house.library.deploy(connection, draft.bundle, by=actor().person_id)
        drafts.discard(connection, key, actor(), house.clock.now())
    return redirect(url_for("studio.show", key=key, fane="versjoner", publisert=deployed.version if new else "0"), 303)


@blueprint.get("/prosesser/<key>/eksport.zip")
def export(key: str) -> Response:
    with view.house().db.read() as connection:
        draft = drafts.find(connection, key)
        bundle = draft.bundle if draft else _deployed(connection, key).bundle
    answer = make_response(bundle.pack())
    answer.headers["Content-Type"] = "application/zip"
    answer.headers["Content-Disposition"] = f"attachment; filename={key}.zip"
    return answer


# The test run


def _trial(key: str) -> Trial:
    return Trial(view.house(), key, actor().person_id)


@blueprint.get("/prosesser/<key>/provekjoring")
def trial(key: str) -> Any:
    return _trial_page(key, None, "", [])


def _trial_page(key: str, given: dict[str, Any] | None, task_id: str, wrong: list[dict[str, str]]) -> Any:
    house = view.house()
    with house.db.read() as connection:
        draft = drafts.find(connection, key)
        bundle = draft.bundle if draft else _deployed(connection, key).bundle
        found = [f for f in faults(bundle, _house(connection)) if f.severity == "error"]
    run = _trial(key)
    if not run.exists:
        return render_template("studio_trial.html", key=key, bundle=bundle, run=None, faults=found, svg="", names={})
    state = run.view()
    drawn = {}
    names: dict[str, Any] = {}
    with run.open() as app, app.db.read() as connection:
        for task in state.tasks:
            use = given if task.id == task_id else None
            drawn[task.id] = forms.of_task(connection, task, use, app)
            names[task.owner_id] = app.vault.person(connection, task.owner_id).name
            element = app.library.get(connection, task.definition_id).bundle.process.elements[task.element_id]
            names[task.id] = element.name
            names[f"{task.id}:actions"] = [name for name, _ in element.extension.actions]
    svg = to_svg(bundle.process, title=bundle.title(g.language), current=state.where)
    body = render_template(
        "studio_trial.html",
        key=key,
        bundle=bundle,
        run=state,
        faults=found,
        forms=drawn,
        names=names,
        svg=svg,
        wrong=wrong,
        wrong_task=task_id,
        hours=_hours(state),
    )
    return (body, 422) if wrong else body


def _hours(state: Any) -> int:
    if state.next_due is None or state.next_due <= state.now:
        return 0
    return int((state.next_due - state.now).total_seconds() // 3600) + 1


@blueprint.post("/prosesser/<key>/provekjoring/start")
def trial_start(key: str) -> Any:
    house = view.house()
    with house.db.read() as connection:
        draft = drafts.find(connection, key)
        bundle = draft.bundle if draft else _deployed(connection, key).bundle
        if any(f.severity == "error" for f in faults(bundle, _house(connection))):
            return _page(key, view.t("studio.has_faults"))
        others = [deployed.bundle for deployed in house.library.every_newest(connection)]
    metadata = bundle.metadata
    office: dict[str, str] = metadata.get("office") or next(iter(metadata.get("offices", ())), {})
    try:
        _trial(key).start(bundle, others, metadata.get("startVariables", {}), office)
    except Refusal as refused:
        return _page(key, view.t("trial.refused", code=refused.code))
    return redirect(url_for("studio.trial", key=key), 303)


@blueprint.post("/prosesser/<key>/provekjoring/oppgave/<task_id>")
def trial_complete(key: str, task_id: str) -> Any:
    """Do a task as the person it is for."""
    run = _trial(key)
    if not run.exists:
        raise NotFound(key)
    action = request.form.get("action", "")
    with run.open() as app, app.db.read() as connection:
        task = connection.execute(select(user_task).where(user_task.c.id == task_id)).first()
        if task is None:
            raise NotFound(task_id)
        form = forms.of_task(connection, task, None, app)
        content = forms.posted(form) if form else {}
        wrong = forms.faults(form, content) if form and action != "reject" else []
    if wrong:
        return _trial_page(key, content, task_id, wrong)
    data: dict[str, Any] = {form.stored: content} if form else {}
    if task.task_type in ("consent", "mandate", "share"):
        kinds = ["loans", "income", "spending", "property"] if action == "yes" else []
        data = {f"{task.task_type}-answer": {"answer": action or "no", "kinds": kinds, "language": "nb"}}
        action = ""
    try:
        run.complete(task_id, data, action)
    except Invalid as invalid:
        rows = [{"id": "form", "path": i.field, "text": forms.sentence(i, None)} for i in invalid.issues]
        return _trial_page(key, content, task_id, rows)
    except Refusal as refused:
        text = view.t("trial.refused", code=refused.code)
        return _trial_page(key, content, task_id, [{"id": "form", "path": "", "text": text}])
    return redirect(url_for("studio.trial", key=key), 303)


@blueprint.post("/prosesser/<key>/provekjoring/klokke")
def trial_clock(key: str) -> Any:
    """Move the run's clock: by hours and days, or to what happens next."""
    run = _trial(key)
    if not run.exists:
        raise NotFound(key)
    days, hours = request.form.get("days", "0") or "0", request.form.get("hours", "0") or "0"
    if not days.isdigit() or not hours.isdigit() or int(days) > 3660 or int(hours) > 90_000:
        wrong = [{"id": "days", "path": "days", "text": view.t("issue.number", label=view.t("trial.days"))}]
        return _trial_page(key, None, "", wrong)
    run.move(timedelta(days=int(days), hours=int(hours)))
    return redirect(url_for("studio.trial", key=key), 303)


@blueprint.post("/prosesser/<key>/provekjoring/bryter/<knob>")
def trial_knob(key: str, knob: str) -> Response:
    run = _trial(key)
    if not run.exists:
        raise NotFound(key)
    run.turn(knob)
    return redirect(url_for("studio.trial", key=key), 303)
