"""Tilganger: who may do this? Choose a step and an action, see who, and change it by choosing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import g, request

from engine.studio import access
from engine.studio.bpmn_editor import EditRefused
from engine.web.shared import view
from engine.web.shared.texts import texts as page_texts
from engine.web.studio.process import PEOPLE, page
from engine.web.studio.session import blueprint, draft_of
from engine.web.studio.steps import keep
from engine.workflow.authorization.policy import PolicyError, read_policy
from engine.workflow.authorization.policy_queries import allowed
from engine.workflow.bpmn.elements import Process
from engine.workflow.bpmn.xml import BpmnSyntaxError
from engine.workflow.definitions.bundle import Bundle


def shown(bundle: Bundle, process: Process) -> dict[str, Any]:
    """The question as it was asked, and who the answer is."""
    steps = [(e.id, e.name or e.id) for e in process.elements.values() if e.type in PEOPLE]
    ids = [identity for identity, _ in steps]
    wanted = request.args.get("steg", "")
    step = wanted if wanted in ids else next(iter(ids), "")
    action = request.args.get("handling", "write")
    try:
        own = {name for e in process.elements.values() if e.id == step for name, _ in e.extension.actions}
        actions = [*access.ACTIONS, *sorted(own - set(access.ACTIONS))]
        action = action if action in actions else "write"
        roles = access.roles(bundle.files)
        who = [(role, named(bundle, role), access.may(bundle.files, bundle.key, step, role, action)) for role in roles]
    except (KeyError, PolicyError, BpmnSyntaxError):
        return {}
    return {
        "steps": steps,
        "step": step,
        "step_name": dict(steps).get(step, ""),
        "actions": [(name, action_named(name)) for name in actions],
        "action": action,
        "action_name": action_named(action),
        "who": who,
        "by_role": _by_role(bundle, steps, roles),
    }


def _by_role(bundle: Bundle, steps: list[tuple[str, str]], roles: list[str]) -> list[tuple[str, list[str]]]:
    """Each role with all it may do: the steps, with the actions in words."""
    policy = read_policy(bundle.files["policy.xml"])
    found = []
    for role in roles:
        may = [(name, allowed(policy, bundle.key, step, role)) for step, name in steps]
        said = [
            f"«{name}»: {', '.join(action_named(a).lower() for a in sorted(actions, key=_order))}"
            for name, actions in may
            if actions
        ]
        found.append((named(bundle, role), said))
    return found


def _order(action: str) -> tuple[int, str]:
    return (access.ACTIONS.index(action) if action in access.ACTIONS else len(access.ACTIONS), action)


def changed(bundle: Bundle, text: str, values: Mapping[str, object]) -> str:
    """One difference between two versions as a sentence, with roles and actions in words."""
    said = dict(values)
    if "role" in said:
        said["role"] = named(bundle, str(said["role"]))
    actions = said.get("actions")
    if isinstance(actions, tuple):
        words = [action_named(str(action)).lower() for action in actions]
        both = f" {view.t('forming.and')} "
        said["actions"] = both.join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]
    return view.t(text, **said)


def named(bundle: Bundle, role: str) -> str:
    own = bundle.text(f"role.{role}", g.language)
    return view.t(f"role.{role}") if role in access.ROLES else role if own.startswith("role.") else own


def action_named(action: str) -> str:
    key = f"access.{action}"
    return view.t(key) if key in page_texts("nb") else action


@blueprint.post("/prosesser/<key>/tilgang")
def let(key: str) -> Any:
    """The roles that are ticked may do it, the others may not."""
    form = request.form
    step, action = form.get("steg", ""), form.get("handling", "")
    with view.house().db.read() as connection:
        bundle = draft_of(connection, key).bundle
    files: Mapping[str, bytes] = bundle.files
    try:
        if step not in bundle.process.elements or not action.isidentifier():
            raise EditRefused("edit.gone")
        may = set(form.getlist("role"))
        files, new = access.add_role(files, form.get("new_role", ""))
        for role in [*access.roles(files), *([new] if new else [])]:
            files = access.let(files, key, step, role, action, role in may or role == new)
    except EditRefused as refused:
        return page(key, view.t(refused.key), "tilganger")
    except (KeyError, PolicyError, BpmnSyntaxError):
        return page(key, view.t("edit.no_policy"), "tilganger")
    return keep(key, files, "tilganger", "hvem", steg=step, handling=action)
