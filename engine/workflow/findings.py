"""Everything that is wrong with a bundle, before it is published: the diagram, the texts, the forms, the access."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as default

from engine.workflow.authorization.candidates import NOT_DOING
from engine.workflow.authorization.policy import FILE, Policy, PolicyError, Violation, policy_of
from engine.workflow.authorization.policy_queries import allowed, reads, roles_named
from engine.workflow.bpmn.conformance import beyond, conform
from engine.workflow.bpmn.elements import Element, Finding
from engine.workflow.bpmn.parser import read_definitions
from engine.workflow.bpmn.validator import Capabilities, validate
from engine.workflow.bpmn.xml import BpmnSyntaxError, read_xml
from engine.workflow.definitions.bundle import MAX_FILE_ID_LENGTH, Bundle

LANGUAGES = ("nb", "nn", "en")


@dataclass(frozen=True, slots=True)
class Offer:
    """What the engine at hand offers: elements, job and user task types, and the processes that may be called.

    named  what settings of a job may name, by kind (``register``, ``data_set`` …); other kinds are not checked
    rules  what the rooms above know of a bundle and this one does not: settings of jobs, letters, lists
    """

    capabilities: Capabilities
    jobs: Collection[str]
    user_tasks: Collection[str]
    processes: Collection[str]
    named: Mapping[str, Mapping[str, str]] = default(default_factory=dict)
    rules: tuple[Rule, ...] = ()


#: One view of a bundle: what it finds wrong. A rule that cannot read the bundle is a finding of its own.
Rule = Callable[[Bundle, Offer], Iterable[Finding]]


def bundle_findings(bundle: Bundle, offer: Offer) -> list[Finding]:
    """Every finding, errors first, then by line."""
    try:
        root = read_xml(bundle.files["process.bpmn"])
        definitions = read_definitions(root)
    except BpmnSyntaxError as error:
        return [Finding("", "unreadable", str(error), error.line or 0)]
    found = list(conform(root))
    found += list(beyond(found, validate(definitions, offer.capabilities)))
    if len(definitions.processes) != 1:
        found.append(Finding("", "one-process", "a bundle has exactly one process"))
        return found
    try:
        metadata = bundle.metadata
        if not isinstance(metadata, dict):
            raise ValueError
        texts = bundle.texts
    except (ValueError, KeyError, TypeError) as error:
        found.append(
            Finding("", "unreadable-json", f"metadata.json or a text file cannot be read ({type(error).__name__})")
        )
        return found
    if bundle.process.id != bundle.key:
        found.append(
            Finding(
                bundle.process.id,
                "process-id",
                f"the process id must be the key of the bundle, {bundle.key}",
                parameters={"key": bundle.key},
            )
        )
    if "metadata.json" not in bundle.files:
        found.append(Finding("", "metadata-missing", "metadata.json is missing"))
    for rule in (*RULES, *offer.rules):
        try:
            found += rule(bundle, offer)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            found.append(
                Finding("", "unreadable", f"{rule.__name__.strip('_')} cannot be read ({type(error).__name__})")
            )
    for language in LANGUAGES:
        if language not in texts:
            found.append(
                Finding(
                    "",
                    "language-missing",
                    f"texts/resource.{language}.json is missing",
                    severity="warning",
                    parameters={"language": language},
                )
            )
    found = [replace(f, line=f.line or _line(bundle, f.element)) for f in found]
    return sorted(found, key=lambda f: (f.severity != "error", f.line, f.element, f.rule))


def _line(bundle: Bundle, element_id: str) -> int:
    element = bundle.process.elements.get(element_id)
    return element.line if element else 0


def _user_tasks(bundle: Bundle) -> Iterator[Element]:
    return (e for e in bundle.process.elements.values() if e.type in ("userTask", "manualTask", "task"))


def _names(bundle: Bundle, offer: Offer) -> Iterator[Finding]:
    for element in bundle.process.elements.values():
        kind = element.extension.task_type
        if element.type == "serviceTask" and kind and kind not in offer.jobs:
            yield Finding(
                element.id,
                "unknown-task-type",
                f"there is no task type {kind!r} for a service task",
                parameters={"kind": kind},
            )
        if element.type == "callActivity" and element.called not in {*offer.processes, bundle.key}:
            yield Finding(
                element.id,
                "unknown-process",
                f"there is no process {element.called!r}",
                parameters={"called": element.called},
            )
    for element in _user_tasks(bundle):
        kind = element.extension.task_type
        if kind not in offer.user_tasks:
            yield Finding(
                element.id,
                "unknown-task-type",
                f"there is no task type {kind!r} for a person's task",
                parameters={"kind": kind},
            )
        if element.extension.performer not in ("", "citizen", "caseworker"):
            text = f"{element.extension.performer!r} is neither citizen nor caseworker"
            yield Finding(element.id, "unknown-performer", text, parameters={"performer": element.extension.performer})
        if element.extension.performer == "caseworker" and not (
            bundle.metadata.get("office") or bundle.metadata.get("offices")
        ):
            yield Finding(element.id, "no-office", "a caseworker has a task, but metadata.json names no office")


def _forms(bundle: Bundle, _: Offer) -> Iterator[Finding]:
    for kind in bundle.data_types.values():
        if kind.task_id and kind.task_id not in bundle.process.elements:
            yield Finding(
                kind.task_id,
                "form-without-step",
                f"data type {kind.id} names a step that is not there",
                parameters={"id": kind.id},
            )
        schema = bundle.schema(kind.id)
        if schema is None:
            yield Finding(
                kind.task_id,
                "schema-missing",
                f"models/{kind.schema}.schema.json is missing",
                parameters={"schema": kind.schema},
            )
    yield from _files(bundle)
    for name, content in bundle.files.items():
        if name.endswith(".json"):
            try:
                json.loads(content)
            except ValueError:
                yield Finding("", "unreadable-json", f"{name} is not JSON", parameters={"name": name})
        if name.startswith("layouts/") and name.split("/")[1] not in bundle.process.elements:
            yield Finding(
                "",
                "layout-without-step",
                f"{name} belongs to a step that is not there",
                severity="warning",
                parameters={"name": name},
            )


def _files(bundle: Bundle) -> Iterator[Finding]:
    """A component that takes files is kept under a data type with its id, of the same step."""
    for kind in bundle.attachment_types.values():
        if kind.task_id and kind.task_id not in bundle.process.elements:
            yield Finding(
                kind.task_id,
                "form-without-step",
                f"data type {kind.id} names a step that is not there",
                parameters={"id": kind.id},
            )
        if len(kind.id) > MAX_FILE_ID_LENGTH:
            text = f"{kind.id} takes files, and its id is longer than {MAX_FILE_ID_LENGTH} characters"
            yield Finding(
                kind.task_id,
                "files-id-long",
                text,
                parameters={"id": kind.id, "limit": MAX_FILE_ID_LENGTH},
            )
    for element in _user_tasks(bundle):
        there = bundle.attachments_of(element.id)
        for component in bundle.components(element.id):
            if str(component.get("type", "")).lower() == "fileupload" and component.get("id") not in there:
                text = f"{component.get('id')} takes files, but metadata.json has no data type of that id for the step"
                yield Finding(element.id, "files-without-type", text, parameters={"id": component.get("id")})


def _texts(bundle: Bundle, _: Offer) -> Iterator[Finding]:
    for key, missing in missing_texts(bundle):
        element = key.removeprefix("task.").partition(".")[0]
        element = element if element in bundle.process.elements else ""
        severity = "error" if "nb" in missing else "warning"
        yield Finding(
            element,
            "text-missing",
            f"text {key} is missing in {', '.join(missing)}",
            severity=severity,
            parameters={"key": key, "missing": ", ".join(missing)},
        )


def missing_texts(bundle: Bundle) -> list[tuple[str, list[str]]]:
    """Text keys that lack a language, with the languages they lack."""
    wanted = {f"task.{element.id}" for element in _user_tasks(bundle)}
    wanted |= {str(e.extension.config["text"]) for e in bundle.process.elements.values() if _notifies(e)}
    wanted |= set(_form_texts(bundle))
    for texts in bundle.texts.values():
        wanted |= set(texts)
    found = []
    for key in sorted(wanted):
        missing = [language for language in LANGUAGES if not bundle.texts.get(language, {}).get(key)]
        if missing:
            found.append((key, missing))
    return found


def _notifies(element: Element) -> bool:
    """Whether it names a text; an expression names one when the case is there."""
    text = element.extension.config.get("text")
    return element.extension.task_type == "notify" and isinstance(text, str) and bool(text)


def _form_texts(bundle: Bundle) -> Iterator[str]:
    """Labels of forms that are drawn from their schema alone; a layout names its own."""
    for kind in bundle.data_types.values():
        task = bundle.process.elements.get(kind.task_id)
        if task is None or task.extension.task_type not in ("data", "signing") or bundle.layout_files(kind.task_id):
            continue
        for name, field in (bundle.schema(kind.id) or {}).get("properties", {}).items():
            yield f"field.{kind.id}.{name}"
            for value in field.get("enum", ()) if isinstance(field, dict) else ():
                yield f"option.{kind.id}.{name}.{value}"


def _stages(bundle: Bundle, _: Offer) -> Iterator[Finding]:
    declared = {stage.id for stage in bundle.stages}
    for element in bundle.process.elements.values():
        if element.extension.stage and element.extension.stage not in declared:
            text = f"stage {element.extension.stage!r} is not declared in metadata.json"
            yield Finding(element.id, "stage-undeclared", text, parameters={"stage": element.extension.stage})


def _access(bundle: Bundle, _: Offer) -> Iterator[Finding]:
    """Every step somebody should do must be allowed to somebody, and who does it must be allowed to read it."""
    try:
        policy = policy_of(bundle.files)
    except PolicyError as error:
        yield from map(_not_evaluated, error.violations)
        return
    for category, attribute in sorted({(m.category, m.attribute) for m in policy.matches if not m.is_requested}):
        text = f"no request has the attribute {attribute} of {category}: what asks for it permits nobody"
        yield Finding(
            f"{FILE}#{attribute}",
            "policy-never-matches",
            text,
            severity="warning",
            parameters={"attribute": attribute, "category": category},
        )
    for element in _user_tasks(bundle):
        if not any(_permits(policy, bundle.key, element.id, role) for role in roles_named(policy)):
            yield Finding(element.id, "nobody-may", "policy.xml lets nobody do this step")
    yield from _reading(bundle, policy)


def _reading(bundle: Bundle, policy: Policy) -> Iterator[Finding]:
    """Somebody must be allowed to read the case, and nobody acts blindly: who may do a step may read it."""
    roles = roles_named(policy)
    steps = ("", *bundle.process.elements)
    if not any(reads(policy, bundle.key, step, role) for role in roles for step in steps):
        yield Finding("", "nobody-may-read", "policy.xml lets nobody read the case: no rule gives the action read")
        return
    for element in _user_tasks(bundle):
        for role in roles:
            if _permits(policy, bundle.key, element.id, role) and not reads(policy, bundle.key, element.id, role):
                text = f"policy.xml lets {role} do this step but not read it"
                yield Finding(element.id, "may-act-but-not-read", text, parameters={"role": role})


def _not_evaluated(violation: Violation) -> Finding:
    """Its element is the file and XACML's name of the construct, its line a line of that file."""
    if violation.name == FILE:
        return Finding("", "policy-unreadable", f"policy.xml is missing or cannot be read ({violation})")
    return Finding(f"{FILE}#{violation.name}", "policy-not-evaluated", violation.message, violation.line)


def _permits(policy: Policy, key: str, element_id: str, role: str) -> bool:
    return bool(allowed(policy, key, element_id, role) - NOT_DOING)


#: The rules every installation has.
RULES: tuple[Rule, ...] = (_names, _forms, _texts, _stages, _access)
