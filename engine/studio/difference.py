"""What is different between two versions of a bundle, so that it can be said in words before publishing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from engine.studio import access, option_lists, template_editor
from engine.studio.bpmn_editor import EditRefused
from engine.workflow.authorization.policy import PolicyError, policy_of
from engine.workflow.bpmn.elements import Element, Process
from engine.workflow.bpmn.xml import BpmnSyntaxError
from engine.workflow.definitions.bundle import Bundle

Change = tuple[str, Mapping[str, object]]
"""Text key and values of one sentence. ``role`` and ``actions`` are codes, for the page to put into words."""


def differences(old: Bundle, new: Bundle) -> list[Change]:
    """Every change from *old* to *new*: steps first, then ways, forms, texts, templates and access."""
    found = list(_steps(old.process, new.process))
    found += _changed_flows(old.process, new.process)
    forms = list(_forms(old, new))
    chosen = list(_lists(old, new))
    found += [*forms, *chosen, *_texts(old, new), *_templates(old, new)]
    found += _access(old, new)
    for key, prefixes in (
        *(() if forms or chosen else (("diff.forms", ("layouts/", "models/", "options/")),)),
        ("diff.metadata", ("metadata.json",)),
        ("diff.scenarios", ("scenarios/",)),
    ):
        names = {n for n in {*old.files, *new.files} if n.startswith(prefixes) and old.files.get(n) != new.files.get(n)}
        if names:
            found.append((key, {"count": len(names)}))
    return found


def _steps(old: Process, new: Process) -> Iterator[Change]:
    for element in new.elements.values():
        before = old.elements.get(element.id)
        if before is None:
            yield ("diff.added", {"step": element.name or element.id})
            continue
        if before.name != element.name:
            yield ("diff.renamed", {"step": before.name or before.id, "name": element.name})
        if _bare(before) != _bare(element):
            yield ("diff.changed", {"step": element.name or element.id})
    for element in old.elements.values():
        if element.id not in new.elements:
            yield ("diff.removed", {"step": element.name or element.id})


def touched(old: Process, new: Process) -> frozenset[str]:
    """Elements of *new* that are new, not as they were, or led on from otherwise: what a diagram marks."""
    return frozenset(
        element.id
        for element in new.elements.values()
        if element.id not in old.elements
        or old.elements[element.id].name != element.name
        or _bare(old.elements[element.id]) != _bare(element)
    ) | {source for source, _, _ in _all_flows(old) ^ _all_flows(new) if source in new.elements}


def _bare(element: Element) -> Element:
    """The element without its name, its place in the file and what leads to and from it."""
    return replace(element, name="", line=0, incoming=(), outgoing=(), boundary=())


def _changed_flows(old: Process, new: Process) -> list[Change]:
    changed = {source for source, _, _ in _all_flows(old) ^ _all_flows(new)}
    both = [e for e in new.elements.values() if e.id in changed and e.id in old.elements]
    return [("diff.ways", {"step": element.name or element.id}) for element in both]


def _all_flows(process: Process) -> set[tuple[str, str, str]]:
    return {(f.source, f.target, f.condition.text.strip() if f.condition else "") for f in process.flows.values()}


def _forms(old: Bundle, new: Bundle) -> Iterator[Change]:
    """Fields that came, went, moved to another page or are not as they were, step by step."""
    for element in new.process.elements.values():
        before, after = _components(old, element.id), _components(new, element.id)
        step = element.name or element.id
        for identity in {**before, **after}:
            page, component = after.get(identity, ("", None))
            if component is None:
                yield ("diff.field_removed", {"step": step, "field": _label_of(old, before[identity][1])})
            elif identity not in before:
                yield ("diff.field_added", {"step": step, "field": _label_of(new, component)})
            elif before[identity][1] != component:
                yield ("diff.field_changed", {"step": step, "field": _label_of(new, component)})
            elif before[identity][0] != page:
                yield ("diff.field_moved", {"step": step, "field": _label_of(new, component)})
        if list(before) != list(after) and set(before) == set(after):
            yield ("diff.field_order", {"step": step})


def _components(bundle: Bundle, step: str) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Component id → page and component, in the order they stand."""
    files = bundle.layout_files(step)
    order = json.loads(files.get("Settings.json", b"{}")).get("pages", {}).get("order", [])
    names = sorted((n for n in files if n != "Settings.json"), key=lambda n: (_place(order, n), n))
    found: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for name in names:
        for component in json.loads(files[name]).get("data", {}).get("layout", ()):
            found[str(component.get("id"))] = (name, component)
    return found


def _place(order: list[str], name: str) -> int:
    page = name.removesuffix(".json")
    return order.index(page) if page in order else len(order)


def _label_of(bundle: Bundle, component: Mapping[str, Any]) -> str:
    bound = component.get("textResourceBindings", {})
    key = bound.get("title") or bound.get("body")
    return bundle.text(key, "nb") if isinstance(key, str) else str(component.get("id"))


def _texts(old: Bundle, new: Bundle) -> list[Change]:
    keys = {
        key
        for language in {*old.texts, *new.texts}
        for key in {*old.texts.get(language, {}), *new.texts.get(language, {})}
        if old.texts.get(language, {}).get(key) != new.texts.get(language, {}).get(key)
    }
    return [("diff.texts", {"count": len(keys)})] if keys else []


def _access(old: Bundle, new: Bundle) -> list[Change]:
    """Which role gained or lost which actions on which step; that the rules were only written otherwise."""
    found: list[Change] = []
    try:
        for one in access.changes(old, new):
            step = new.process.elements[one.step].name or one.step
            for text, actions in (("diff.access_gained", one.gained), ("diff.access_lost", one.lost)):
                if actions:
                    found.append((text, {"role": one.role, "actions": actions, "step": step}))
        policies = [policy_of(bundle.files) for bundle in (old, new)]
        levels = [policy.level for policy in policies]
        if levels[0] != levels[1]:
            found.append(("diff.access_level", {"old": levels[0], "new": levels[1]}))
        levels = [policy.organisation_level for policy in policies]
        if levels[0] != levels[1]:
            found.append(("diff.access_level_office", {"old": levels[0], "new": levels[1]}))
    except (KeyError, PolicyError, BpmnSyntaxError):
        found = []
    if not found and old.files.get("policy.xml") != new.files.get("policy.xml"):
        found.append(("diff.policy", {}))
    return found


def _lists(old: Bundle, new: Bundle) -> Iterator[Change]:
    """Lists that came, went or hold other choices; a field's own choices are told by the field."""
    used = {**option_lists.uses(old), **option_lists.uses(new)}
    for one in sorted({*option_lists.lists(old.files), *option_lists.lists(new.files)}):
        before, after = (bundle.files.get(f"options/{one}.json") for bundle in (old, new))
        if before == after:
            continue
        field = next((use for use in used.get(one, ()) if use.own), None)
        if field is not None:
            if before is not None and after is not None:
                title = new.text(field.title, "nb") if field.title else field.component
                yield ("diff.choices", {"field": title})
            continue
        name = next((b.text(f"list.{one}", "nb") for b in (new, old) if f"list.{one}" in b.texts.get("nb", {})), one)
        what = "added" if before is None else "removed" if after is None else "changed"
        yield (f"diff.list_{what}", {"name": name})


def _templates(old: Bundle, new: Bundle) -> Iterator[Change]:
    """Templates of letters and notes that came, went or are not as they were, by name."""
    if old.files.get(template_editor.FILE) == new.files.get(template_editor.FILE):
        return
    try:
        for kind in template_editor.KINDS:
            before, after = ({e["id"]: e for e in template_editor.entries(b.files, kind)} for b in (old, new))
            for identity in {**before, **after}:
                one = after.get(identity) or before[identity]
                what = "removed" if identity not in after else "added" if identity not in before else "changed"
                if what != "changed" or before[identity] != after[identity]:
                    yield (f"diff.{kind}_{what}", {"name": template_editor.named(kind, one, "nb")})
            if list(before) != list(after) and set(before) == set(after):
                yield (f"diff.{kind}_order", {})
    except EditRefused:
        yield ("diff.templates", {})
