"""What is wrong with the settings of a job, by its description (``task_types.described``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.advice.task_types.descriptions import DESCRIBED, TYPES, Described, JobSetting, Wanted, named
from engine.casework import templates
from engine.workflow.bpmn.elements import JOB_ELEMENTS, Element, Finding
from engine.workflow.definitions.bundle import Bundle

_NAMED = {"register": "register", "receiver": "receiver", "target": "target", "data_set": "data set"}
#: Letters that are begun by a caseworker and say nothing of their own.
EMPTY_LETTERS = frozenset({"free"})


def letters_of(bundle: Bundle) -> list[templates.Template]:
    """The letters a job may send."""
    return [one for one in templates.of(bundle, "letters") if one.id not in EMPTY_LETTERS]


def job_findings(bundle: Bundle, names: Mapping[str, Mapping[str, str]]) -> Iterator[Finding]:
    """*names*: what may be named, by kind; a kind that is not there is not checked."""
    for element in _jobs(bundle):
        described = DESCRIBED[element.extension.task_type]
        yield from _missing(element, described)
        yield from _basis(bundle, names.get("basis", {}), element)
        for name, value in element.extension.config.items():
            yield from _setting_findings(bundle, names, element, described.setting(name), name, value)


def _jobs(bundle: Bundle) -> Iterator[Element]:
    """The steps that are jobs we know."""
    return (
        e for e in bundle.process.elements.values() if e.type in JOB_ELEMENTS and e.extension.task_type in DESCRIBED
    )


def _basis(bundle: Bundle, basis: Mapping[str, str], element: Element) -> Iterator[Finding]:
    """What needs the citizen's yes is never fetched where nobody asks for it; a called process may leave that out."""
    wanted = {basis.get(name, "") for name in named(element.extension.config.get("dataSets"))} & {"consent", "mandate"}
    called = {part for e in bundle.process.elements.values() for part in (e.called, e.extension.task_type)}
    for one in sorted(wanted - called):
        text = f"what is fetched needs a {one}, and this process does not ask for it"
        yield Finding(element.id, f"{one}-not-asked", text, severity="warning", parameters={"one": one})


def left_by_jobs(bundle: Bundle) -> Iterator[tuple[str, str]]:
    """The variables that jobs leave and a condition can ask about: name, and text | number | flag."""
    for element in _jobs(bundle):
        for name, kind in DESCRIBED[element.extension.task_type].leaves.items():
            if kind != "list":
                yield name, kind if kind in ("number", "flag") else "text"
        for name, value in element.extension.config.items():
            if name.startswith("reply.") and isinstance(value, str):
                yield name.removeprefix("reply."), Wanted.read("", value).type or "text"


def _missing(element: Element, described: Described) -> Iterator[Finding]:
    config = element.extension.config
    kind = element.extension.task_type
    for setting in described.settings:
        if setting.required and config.get(setting.name) in (None, ""):
            yield Finding(
                element.id,
                "setting-missing",
                f"{kind} needs the setting {setting.name!r}",
                parameters={"kind": kind, "name": setting.name},
            )
    if described.either and not any(config.get(name) not in (None, "") for name in described.either):
        yield Finding(
            element.id,
            "setting-missing",
            f"{kind} needs one of the settings {', '.join(described.either)}",
            parameters={"kind": kind, "either": ", ".join(described.either)},
        )


def _setting_findings(
    bundle: Bundle,
    names: Mapping[str, Mapping[str, str]],
    element: Element,
    setting: JobSetting | None,
    name: str,
    value: object,
) -> Iterator[Finding]:
    if setting is None:
        text = f"{element.extension.task_type} has no setting {name!r}"
        yield Finding(
            element.id,
            "unknown-setting",
            text,
            severity="warning",
            parameters={"task_type": element.extension.task_type, "name": name},
        )
        return
    if not isinstance(value, str) or not value:
        return  # an expression gives its value when the case is there
    kind = setting.kind
    if kind in ("data_set", "data_sets", "register", "receiver", "target"):
        kind = "data_set" if kind == "data_sets" else kind
        known = names.get(kind)
        for one in named(value) if setting.kind == "data_sets" else [value]:
            if known is not None and one not in known:
                yield Finding(
                    element.id,
                    f"unknown-{kind.replace('_', '-')}",
                    f"there is no {_NAMED[kind]} {one!r}",
                    parameters={"_NAMED": _NAMED[kind], "one": one},
                )
    elif kind == "template" and value not in {one.id for one in letters_of(bundle)}:
        yield Finding(element.id, "unknown-template", f"there is no letter {value!r}", parameters={"value": value})
    elif kind == "flag" and value not in ("true", "false"):
        yield Finding(element.id, "setting-unreadable", f"{name} must be true or false", parameters={"name": name})
    elif kind == "choice" and value not in setting.choices:
        yield Finding(
            element.id,
            "setting-unreadable",
            f"{name} must be one of {', '.join(setting.choices)}",
            parameters={"name": name, "choices": ", ".join(setting.choices)},
        )
    elif kind == "reply" and Wanted.read("", value).type not in ("", *TYPES):
        yield Finding(
            element.id,
            "setting-unreadable",
            f"{name}: the type after the colon is one of {', '.join(TYPES)}",
            parameters={"name": name, "TYPES": ", ".join(TYPES)},
        )
