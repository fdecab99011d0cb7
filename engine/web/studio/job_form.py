"""The settings of a job as fields: drawn from its description, and written back as the lines a diagram keeps.

What is not described, or is seldom needed, stays as lines under «more settings».
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from engine.advice.task_types.descriptions import DESCRIBED, TYPES, Described, JobSetting, Wanted, named
from engine.advice.task_types.job_settings import letters_of
from engine.studio.bpmn_editor import EditRefused
from engine.studio.bpmn_editor.settings import read_settings
from engine.web.shared import view
from engine.web.shared.texts import texts as page_texts
from engine.web.studio.job_submission import PREFIX, VALUE_KINDS, filled, lines_from, lines_in, pairs_of
from engine.web.studio.process_sentences import ProcessWording
from engine.web.studio.session import blueprint, draft_of
from engine.workflow.authorization import role_codes
from engine.workflow.authorization.policy_queries import roles_named
from engine.workflow.bpmn.conditions import ConditionSyntaxError, read_json
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.errors import NotFound

#: Lines that stand empty below those that are filled in, to write more in.
SPARE = 2
_OWN_TEXTS = ("task.", "field.", "option.", "role.")


@dataclass(frozen=True, slots=True)
class Field:
    """One setting as it is drawn. ``id`` is the id and name of its input.

    widget   pick | checks | value | text_key | pairs | reply
    choices  value, words; for ``checks`` grouped: heading → [(value, words)]
    chosen   a field of the case by its id, where the value is one;  ``own``: the value as it is written
    rows     of ``pairs`` and ``reply``: name, field chosen, own value, type
    """

    id: str
    label: str
    help: str
    widget: str
    required: bool = False
    value: str = ""
    choices: Any = ()
    empty: str = ""
    chosen: str = ""
    own: str = ""
    rows: tuple[tuple[str, str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class JobForm:
    """A job in words, its fields, and the lines that have none. ``errors`` and ``leaves``: code or name, words."""

    type: str
    does: str
    fields: tuple[Field, ...]
    leaves: tuple[tuple[str, str], ...]
    errors: tuple[tuple[str, str], ...]
    lines: str
    types: tuple[tuple[str, str], ...] = field(default_factory=tuple)


def shown(
    bundle: Bundle, wording: ProcessWording, task_type: str, config: str, submitted: Mapping[str, str]
) -> JobForm | None:
    """The form of a job, ``None`` for one that is not described.

    config  its settings as lines;  ``submitted``: what was posted and not saved, shown instead
    """
    described = DESCRIBED.get(task_type)
    if described is None:
        return None
    pairs = pairs_of(config)
    drawn = [one for one in described.settings if not one.by_hand]
    if submitted.get("job") == task_type:
        pairs = {**{n: v for n, v in pairs.items() if not _drawn(described, n)}, **filled(drawn, submitted, wording)}
    left = {name: value for name, value in pairs.items() if not _drawn(described, name)}
    return JobForm(
        task_type,
        view.t(f"job.{task_type}"),
        tuple(_field(bundle, wording, task_type, one, pairs, submitted) for one in drawn),
        tuple((name, view.t(f"job.leaves.{name}")) for name in described.leaves),
        tuple((code, view.t(f"job.error.{code}")) for code in described.errors),
        lines_from(left),
        tuple((kind, view.t(f"job.type.{kind}")) for kind in TYPES),
    )


def _drawn(described: Described, name: str) -> bool:
    found = described.setting(name)
    return found is not None and not found.by_hand


def _field(
    bundle: Bundle,
    wording: ProcessWording,
    task_type: str,
    one: JobSetting,
    pairs: Mapping[str, str],
    submitted: Mapping[str, str],
) -> Field:
    identity = f"{PREFIX}{one.name.removesuffix('.')}"
    label, help_text = view.t(f"job.{task_type}.s.{one.name}"), _maybe(f"job.{task_type}.h.{one.name}")
    empty = _maybe(f"job.{task_type}.none.{one.name}") or view.t("flow.choose")
    value = pairs.get(one.name, "")
    if one.many:
        rows = [_row(wording, one, name, value) for name, value in pairs.items() if name.startswith(one.name)]
        if submitted.get("job") == task_type:  # as it was written, what cannot be read too
            rows = list(_written(identity, submitted))
        rows += [("", "", "", "")] * SPARE
        return Field(identity, label, help_text, "reply" if one.kind == "reply" else "pairs", rows=tuple(rows))
    if one.kind == "data_sets":
        return Field(identity, label, help_text, "checks", choices=_data_sets(value), value=value, rows=_ticked(value))
    if one.kind in VALUE_KINDS:
        chosen = _field_of(wording, value)
        return Field(
            identity, label, help_text, "value", one.required, value, chosen=chosen, own="" if chosen else value
        )
    choices = _choices(bundle, one, task_type)
    widget = "text_key" if one.kind == "text_key" else "pick"
    return Field(identity, label, help_text, widget, one.required, value, choices, empty)


def _row(wording: ProcessWording, one: JobSetting, name: str, value: str) -> tuple[str, str, str, str]:
    own = name.removeprefix(one.name)
    if one.kind == "reply":
        wanted = Wanted.read(own, value)
        return own, "", wanted.path, wanted.type
    chosen = _field_of(wording, value)
    return own, chosen, "" if chosen else value, ""


def _written(base: str, submitted: Mapping[str, str]) -> Iterator[tuple[str, str, str, str]]:
    for line in lines_in(submitted, base):
        name, chosen, own, kind = (submitted.get(f"{line}-{part}", "") for part in ("name", "field", "own", "type"))
        if name or chosen or own:
            yield name, chosen, own, kind


def _ticked(value: str) -> tuple[tuple[str, str, str, str], ...]:
    return tuple((name, "", "", "") for name in ([] if value.startswith("[") else named(value)))


def _choices(bundle: Bundle, one: JobSetting, task_type: str) -> list[tuple[str, str]]:
    if one.kind == "template":
        return [(letter.id, letter.named(g.language)) for letter in letters_of(bundle)]
    if one.kind == "role":
        return [(role, _role(bundle, role)) for role in _roles(bundle)]
    if one.kind == "text_key":
        keys = sorted(key for key in bundle.texts.get("nb", {}) if not key.startswith(_OWN_TEXTS))
        return [(key, f"{_short(bundle.text(key, g.language))} ({key})") for key in keys]
    if one.kind == "flag":
        return [("true", view.t("answer.yes")), ("false", view.t("answer.no"))]
    if one.kind == "choice":
        return [(choice, view.t(f"job.{task_type}.{one.name}.{choice}")) for choice in one.choices]
    offered = view.application().named.get(one.kind, {})
    return sorted((name, title or _maybe(f"job.other.{name}") or name) for name, title in offered.items())


def _data_sets(value: str) -> dict[str, list[tuple[str, str]]]:
    """Data sets by whom they are about, each with the basis it needs; what *value* names besides, last."""
    found: dict[str, list[tuple[str, str]]] = {}
    for data_set in view.application().data_sets.values():
        role = data_set.subject_role
        heading = (
            view.t("job.about.role", role=_maybe(f"job.role.{role}") or role) if role else view.t("job.about.owner")
        )
        basis = view.t(f"job.basis.{data_set.requirement.value}")
        found.setdefault(heading, []).append((data_set.id, f"{view.data_set_name(data_set.id)} ({basis})"))
    there = {name for group in found.values() for name, _ in group}
    others = [(name, name) for name, *_ in _ticked(value) if name not in there]
    return found | ({view.t("job.about.unknown"): others} if others else {})


def _roles(bundle: Bundle) -> list[str]:
    """Roles of parties: those the policy and the texts name, and those that sources tell of."""
    from engine.workflow.authorization.policy import PolicyError, policy_of

    try:
        found = set(roles_named(policy_of(bundle.files)))
    except PolicyError:
        found = set()
    found |= {key.removeprefix("role.") for key in bundle.texts.get("nb", {}) if key.startswith("role.")}
    found |= {data_set.subject_role for data_set in view.application().data_sets.values()}
    return sorted(found - {"", role_codes.OWNER, role_codes.CASEWORKER})


def _role(bundle: Bundle, role: str) -> str:
    role_name = bundle.text(f"role.{role}", g.language)
    return (_maybe(f"job.role.{role}") or role) if role_name == f"role.{role}" else role_name


def _maybe(key: str) -> str:
    return view.t(key) if key in page_texts("nb") else ""


def _short(text: str) -> str:
    return text if len(text) <= 70 else f"{text[:69]}…"


def _field_of(wording: ProcessWording, value: str) -> str:
    """The id of the field of the case that a value reads, "" when it is something else."""
    try:
        found = read_json(value)
    except ConditionSyntaxError:
        return ""
    if isinstance(found, list) and len(found) == 3 and found[0] == "dataModel":
        wanted = f"{found[2]}:{found[1]}"
        return next((one.id for one in wording.fields if one.id == wanted), "")
    return ""


@blueprint.get("/prosesser/<key>/steg/<element>/jobb")
def job_fields(key: str, element: str) -> ResponseReturnValue:
    """The fields of a task type: put in under the choice of type when it is chosen."""
    with view.application().db.read() as connection:
        bundle = draft_of(connection, key).bundle
    wording = ProcessWording(bundle, g.language)
    try:
        config = read_settings(bundle.files, element).get("config", "")
    except EditRefused:
        raise NotFound(element) from None
    job = shown(bundle, wording, request.args.get("s-task_type", ""), config, {})
    return render_template("parts/studio_job.html", job=job, wording=wording, submitted={}, error="", error_field="")
