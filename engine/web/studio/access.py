"""Tilganger: who may do this? Choose a step and an action, see who, and change it by choosing."""

from __future__ import annotations

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from engine.studio import access
from engine.studio.bpmn_editor import EditRefused
from engine.studio.commands import EditDraft, Edited
from engine.web.shared import view
from engine.web.shared.commands import sends
from engine.web.studio.access_sentences import action_named, action_verb, named, who_may
from engine.web.studio.edits import save
from engine.web.studio.element_words import PEOPLE
from engine.web.studio.session import blueprint
from engine.web.studio.tabs import tab
from engine.workflow.authorization.policy import PolicyError, read_policy
from engine.workflow.authorization.policy_queries import allowed
from engine.workflow.bpmn.elements import Process
from engine.workflow.bpmn.xml import BpmnSyntaxError
from engine.workflow.definitions.bundle import Bundle


@tab("tilganger")
def context(bundle: Bundle, process: Process, _: str) -> dict[str, Any]:
    """Who may do what."""
    return {"who": shown(bundle, process)}


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
        "actions": [(name, action_named(name)) for name in actions],
        "action": action,
        "who": who,
        "answer": who_may(action, [name for _, name, may in who if may], dict(steps).get(step, "")),
        "by_role": _by_role(bundle, steps, roles),
    }


def _by_role(bundle: Bundle, steps: list[tuple[str, str]], roles: list[str]) -> list[tuple[str, list[str]]]:
    """Each role with all it may do: the steps, with the actions in words."""
    policy = read_policy(bundle.files["policy.xml"])
    found = []
    for role in roles:
        may = [(name, allowed(policy, bundle.key, step, role)) for step, name in steps]
        phrases = [
            f"«{name}»: {view.listed(action_verb(a) for a in sorted(actions, key=_order))}"
            for name, actions in may
            if actions
        ]
        found.append((named(bundle, role), phrases))
    return found


def _order(action: str) -> tuple[int, str]:
    return (access.ACTIONS.index(action) if action in access.ACTIONS else len(access.ACTIONS), action)


@blueprint.post("/prosesser/<key>/tilgang")
@sends(EditDraft)
def let(key: str) -> ResponseReturnValue:
    """The roles that are ticked may do it, the others may not."""
    form = request.form
    step, action = form.get("steg", ""), form.get("handling", "")
    may = set(form.getlist("role"))

    def change(bundle: Bundle) -> Edited:
        try:
            if step not in bundle.process.elements or not action.isidentifier():
                raise EditRefused("edit.gone")
            files, new = access.add_role(bundle.files, form.get("new_role", ""))
            for role in [*access.roles(files), *([new] if new else [])]:
                files = access.let(files, key, step, role, action, role in may or role == new)
        except (KeyError, PolicyError, BpmnSyntaxError):
            raise EditRefused("edit.no_policy") from None
        return Edited(files, step)

    return save(key, change, "tilganger", lambda _: "hvem", where=lambda _: {"steg": step, "handling": action})
