"""The page of one process: its faults, diagram, steps, texts, access and versions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from flask import g, render_template, request, url_for

from engine.studio import case_migration, drafts, trusted_issuers
from engine.studio.difference import differences
from engine.studio.element_kinds import offered
from engine.studio.open_cases import cases_by_version, left_behind
from engine.web.shared import view
from engine.web.shared.texts import NAMES
from engine.web.shared.texts import texts as page_texts
from engine.web.studio.session import CAPABILITIES, LANGUAGES, blueprint, house_of
from engine.workflow.authorization.policy import PolicyError, read_policy
from engine.workflow.authorization.policy_queries import allowed, roles_named
from engine.workflow.bpmn.drawing import to_svg
from engine.workflow.bpmn.elements import Element, Finding, Process
from engine.workflow.bpmn.xml import BpmnSyntaxError
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.definitions.durations import parts
from engine.workflow.errors import NotFound
from engine.workflow.findings import faults, missing_texts

_LACKING = re.compile(r"text (\S+) is missing in (.+)")
TABS = ("diagram", "steg", "skjemaer", "lister", "tekster", "maler", "tilganger", "versjoner")
PEOPLE = ("userTask", "manualTask", "task")


@blueprint.get("/prosesser/<key>")
def show(key: str) -> Any:
    return page(key, "")


def page(key: str, wrong: str, tab: str = "", step: str = "", preview: Any = None) -> Any:
    """The draft, or the version in use when there is none. *wrong* is what stood in the way of a change.

    *step* is the one whose form is open, and *preview* that form with answers in it.
    """
    from engine.web.studio import access, form_builder, lists, templates  # their routes draw this page

    house = view.house()
    with house.db.read() as connection:
        draft = drafts.find(connection, key)
        versions = house.library.versions(connection, key)
        if draft is None and not versions:
            raise NotFound(key)
        bundle = draft.bundle if draft else versions[0].bundle
        offer = house_of(connection)
        found = faults(bundle, offer)
        counts = cases_by_version(connection, versions)
        process = _process(bundle)
        left = left_behind(connection, versions, process.elements) if draft and process else []
        changes = differences(versions[0].bundle, bundle) if draft and process and versions else []
        signers = trusted_issuers.names(connection)
        titles = {d.key: d.bundle.title(g.language) for d in house.library.every_newest(connection)}
    tab = tab or request.args.get("fane", "diagram")
    form = form_builder.shown(bundle, step or request.args.get("steg", "")) if tab == "skjemaer" and process else {}
    body = render_template(
        "studio_process.html",
        key=key,
        form=form | ({"preview": preview} if preview is not None else {}),
        bundle=bundle,
        draft=draft,
        versions=versions,
        counts=counts,
        left=left,
        changes=[access.changed(bundle, *change) for change in changes],
        faults=[_told(finding, process) | _place(key, bundle, finding) for finding in found],
        errors=sum(f.severity == "error" for f in found),
        svg=to_svg(process, title=bundle.title(g.language), findings={f.element for f in found}) if process else "",
        steps=_steps(bundle, process) if process and tab == "steg" else [],
        access=_access(bundle) if process else [],
        who=access.shown(bundle, process) if tab == "tilganger" and process else {},
        liste=lists.shown(bundle) if tab == "lister" and process else {},
        mal=templates.shown(bundle, process) if tab == "maler" and process else {},
        missing=dict(missing_texts(bundle)) if process else {},
        texts=_texts(bundle) if process else [],
        kinds=offered(CAPABILITIES, offer.jobs, offer.user_tasks),
        titles=titles,
        signers=signers,
        moves=case_migration.batches_of(house, key) if tab == "versjoner" else [],
        can=sorted({*CAPABILITIES.elements}),
        languages_=LANGUAGES,
        tabs=TABS,
        tab=tab if tab in TABS else "diagram",
        wrong=wrong,
        given=request.form if wrong else {},
    )
    return (body, 422) if wrong else body


def _process(bundle: Bundle) -> Process | None:
    """The diagram, where it can be read at all."""
    try:
        return bundle.process
    except (BpmnSyntaxError, StopIteration):
        return None


def _told(finding: Finding, process: Process | None) -> dict[str, Any]:
    """A fault in the reader's language, with the name of its step; the technical sentence lies under its code."""
    element = process.elements.get(finding.element) if process else None
    if process and finding.element in process.flows:
        element = process.elements[process.flows[finding.element].source]
    key = f"finding.{finding.rule}"
    return {
        "severity": finding.severity,
        "element": finding.element,
        "step": element.id if element else "",
        "name": element.name if element else "",
        "href": "",
        "line": finding.line,
        "rule": finding.rule,
        "text": view.t(key if key in page_texts("nb") else "finding.other"),
        "suggest": view.t(f"suggest.{finding.rule}") if f"suggest.{finding.rule}" in page_texts("nb") else "",
        "technical": f"{finding.message}. {finding.suggestion}".removesuffix(". "),
    }


def _place(key: str, bundle: Bundle, finding: Finding) -> dict[str, str]:
    """What a finding that is not about a step is about, and where it is put right."""
    from engine.web.studio import templates

    lacking = _LACKING.fullmatch(finding.message) if finding.rule == "text-missing" else None
    if lacking is None or finding.element:
        return templates.place(key, bundle, finding)
    name, languages = lacking[1], lacking[2].split(", ")
    said = bundle.texts.get("nb", {}).get(name, "")
    text = view.t("finding.text-missing-in", languages=", ".join(NAMES[language] for language in languages))
    href = url_for("studio.show", key=key, fane="tekster", _anchor=f"tekst-{name}")
    return {"name": f"«{said[:60]}»" if said else name, "href": href, "text": text}


def in_order(process: Process) -> Iterator[Element]:
    """Every element as the story is told: what comes next first, what may break in after it, inner parts inside."""
    seen: set[str] = set()

    def follow(ids: tuple[str, ...]) -> Iterator[Element]:
        pending = list(reversed(ids))
        late: list[str] = []
        while pending or late:
            element_id = pending.pop() if pending else late.pop(0)
            if element_id in seen:
                continue
            seen.add(element_id)
            element = process.elements[element_id]
            yield element
            if element_id in process.children:
                yield from follow(process.starts.get(element_id, ()))
            pending += [process.flows[flow].target for flow in reversed(element.outgoing)]
            if element.type == "intermediateThrowEvent":  # a jump goes on where it lands
                links = [(element.scope, event.reference) for event in element.events if event.kind == "link"]
                pending += [process.links[link] for link in links if link in process.links]
            late += element.boundary

    yield from follow(process.starts.get(process.id, ()))
    yield from (element for element in process.elements.values() if element.id not in seen)


def _steps(bundle: Bundle, process: Process) -> list[dict[str, Any]]:
    """Every step in the order of the story, with its ways as sentences."""
    from engine.web.studio.process_sentences import Teller  # tells in the order of this page

    tell = Teller(bundle, g.language)
    found = []
    for element in in_order(process):
        ways = [process.flows[flow] for flow in element.outgoing]
        sentences = [tell.way(way, way.id == element.default) for way in ways]
        more = {"sentences": sentences, "flows": element.outgoing, "about": tell.about(element)}
        found.append(_step(process, element) | more)
    return found


def _step(process: Process, element: Element) -> dict[str, Any]:
    extension = element.extension
    inside = process.elements.get(element.scope)
    timer = element.event is not None and element.event.kind == "timer" and element.event.timer == "duration"
    host = process.elements.get(element.attached_to)
    return {
        "id": element.id,
        "name": element.name,
        "type": element.type,
        "label": label(element.type),
        "inside": inside.name if inside else "",
        "host": host.name if host else "",
        "person": element.type in PEOPLE,
        "performer": extension.performer or "citizen",
        "everyone": element.multi_instance is not None,
        "due": in_words(extension.due_after),
        "warn": in_words(extension.warn_before),
        "wait": in_words(str(element.event.value)) if timer and element.event else None,
        "one_way": len(element.outgoing) == 1,
    }


def label(kind: str) -> str:
    """What a BPMN element is called on the page; one without a name of ours keeps the standard's."""
    key = f"studio.type.{kind}"
    return view.t(key) if key in page_texts("nb") else kind


def in_words(duration: str) -> str:
    """ "14 dager" for P14D; a duration of several units stays as it is written."""
    found = parts(duration)
    if found is None:
        return duration
    return view.t(f"duration.{found[1]}.one") if found[0] == 1 else view.t(f"duration.{found[1]}", count=found[0])


def _access(bundle: Bundle) -> list[dict[str, Any]]:
    """Who may do which step, as the policy says."""
    try:
        policy = read_policy(bundle.files["policy.xml"])
    except (KeyError, PolicyError, BpmnSyntaxError):
        return []
    from engine.web.studio.access import named

    found = []
    for element in in_order(bundle.process):
        if element.type in PEOPLE:
            may = [role for role in roles_named(policy) if allowed(policy, bundle.key, element.id, role) - {"read"}]
            found.append({"name": element.name, "roles": [named(bundle, role) for role in may]})
    return found


def _texts(bundle: Bundle) -> list[str]:
    keys = {key for texts in bundle.texts.values() for key in texts}
    lacking = {key for key, _ in missing_texts(bundle)}
    return sorted(keys | lacking, key=lambda key: (key not in lacking, key))
