"""Roles, actions and differences of access in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import g

from engine.studio import access
from engine.web.shared import view
from engine.web.shared.texts import texts as page_texts
from engine.workflow.definitions.bundle import Bundle


def changed(bundle: Bundle, text: str, values: Mapping[str, object]) -> str:
    """One difference between two versions as a sentence, with roles and actions in words."""
    words = dict(values)
    if "role" in words:
        words["role"] = named(bundle, str(words["role"]))
    actions = words.get("actions")
    if isinstance(actions, tuple):
        words["actions"] = view.listed(action_verb(str(action)) for action in actions)
    return view.t(text, **words)


def named(bundle: Bundle, role: str) -> str:
    """What a role is called: ours by our texts, a bundle's own by the bundle's."""
    own = bundle.text(f"role.{role}", g.language)
    return view.t(f"role.{role}") if role in access.ROLES else role if own.startswith("role.") else own


def action_named(action: str) -> str:
    """What an action is called; one of the bundle's own keeps its name."""
    key = f"access.{action}"
    return view.t(key) if key in page_texts("nb") else action


def action_verb(action: str) -> str:
    """What an action is called where it is one of several in a sentence; one of the bundle's own keeps its name."""
    key = f"access.verb.{action}"
    return view.t(key) if key in page_texts("nb") else action


def who_may(action: str, roles: Sequence[str], step: str) -> str:
    """The roles that may do an action at a step, or that nobody may, as a sentence."""
    key = "access.answer" if roles else "access.nobody"
    if f"{key}.{action}" in page_texts("nb"):
        key = f"{key}.{action}"
    return view.t(key, who=view.listed(roles), action=action, step=step)
