"""Who may do what: read from the policy as questions, and changed one answer at a time.

A role gets an action by a rule of its own. It loses it from the rules that were made here for it; where a wider rule
still gives it, a rule that denies stands beside: the policy is deny-overrides, so the denial holds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from engine.studio.bpmn_editor import EditRefused, Files, set_text
from engine.studio.bpmn_editor.values import within
from engine.studio.drafts import key_from
from engine.studio.policy_editor import XACML, rule_for
from engine.workflow.authorization import role_codes
from engine.workflow.authorization.pdp import Decision, decide
from engine.workflow.authorization.policy import ACTION, ACTION_ID, RESOURCE, SUBJECT, read_policy
from engine.workflow.authorization.policy_queries import actions_named, roles_named
from engine.workflow.bpmn.xml import read_xml
from engine.workflow.definitions.bundle import Bundle

#: What can be done with a step, besides what a policy names itself.
ACTIONS = ("read", "write", "confirm", "sign", "reject")
READ = "read"
MAX_ROLE_NAME = 60
ROLES = (role_codes.OWNER, role_codes.CASEWORKER)
ROLE = re.compile(r"role\.[a-z][a-z0-9_-]*")


def may(files: Files, key: str, element: str, role: str, action: str) -> bool:
    """The policy's own answer."""
    request = {
        (SUBJECT, "urn:altinn:rolecode"): (role,),
        (RESOURCE, "urn:altinn:org"): ("ibalanse",),
        (RESOURCE, "urn:altinn:app"): (key,),
        (RESOURCE, "urn:altinn:task"): (element,),
        (ACTION, ACTION_ID): (action,),
    }
    return decide(read_policy(files["policy.xml"]), request) is Decision.PERMIT


def roles(files: Files) -> list[str]:
    """The owner and the caseworker, every other role the policy speaks of, and those the bundle's texts have named.

    A party's role is named by the text ``role.<code>``.
    """
    found = dict.fromkeys(roles_named(read_policy(files["policy.xml"])))
    rows = json.loads(files.get("texts/resource.nb.json", b"{}")).get("resources", ())
    found.update(dict.fromkeys(row["id"][5:] for row in rows if ROLE.fullmatch(row["id"])))
    return [*ROLES, *(role for role in found if role not in ROLES)]


def add_role(files: Files, name: str) -> tuple[dict[str, bytes], str]:
    """A role by its name in words; its code is made of it. Returns the code too."""
    name = within(" ".join(name.split()), MAX_ROLE_NAME, "new_role")
    role = key_from(name)[:40].strip("_")
    if not role or role in roles(files) or role == name:
        return dict(files), role
    return set_text(files, f"role.{role}", "nb", name), role


@dataclass(frozen=True, slots=True)
class Change:
    """What a role gained and lost on a step, as actions."""

    role: str
    step: str
    gained: tuple[str, ...]
    lost: tuple[str, ...]


def changes(old: Bundle, new: Bundle) -> Iterator[Change]:
    """Who may do more or less than before, on every step that is there now: the two policies' own answers.

    Raises what reading a policy raises.
    """
    if old.files.get("policy.xml") == new.files.get("policy.xml") and not (
        new.process.elements.keys() - old.process.elements.keys()
    ):
        return
    policies = [read_policy(bundle.files["policy.xml"]) for bundle in (old, new)]
    actions = list(dict.fromkeys([*ACTIONS, *(name for policy in policies for name in actions_named(policy))]))
    people = list(dict.fromkeys([*ROLES, *(role for policy in policies for role in roles_named(policy))]))
    for element in new.process.elements.values():
        if element.type not in ("userTask", "manualTask", "task"):
            continue
        for role in people:
            was, is_ = (
                {
                    a
                    for a in actions
                    if element.id in bundle.process.elements and may(bundle.files, bundle.key, element.id, role, a)
                }
                for bundle in (old, new)
            )
            if was != is_:
                yield Change(
                    role,
                    element.id,
                    tuple(a for a in actions if a in is_ - was),
                    tuple(a for a in actions if a in was - is_),
                )


def let(files: Files, key: str, element: str, role: str, action: str, allowed: bool) -> dict[str, bytes]:
    """New files where *role* may, or may not, do *action* on the step. Who may do something may read it too.

    Raises ``EditRefused``.
    """
    if "policy.xml" not in files:
        raise EditRefused("edit.no_policy")
    changed = _let(files, key, element, role, action, allowed)
    return _let(changed, key, element, role, READ, True) if allowed and action != READ else changed


def _let(files: Files, key: str, element: str, role: str, action: str, allowed: bool) -> dict[str, bytes]:
    if may(files, key, element, role, action) == allowed:
        return dict(files)
    root = read_xml(files["policy.xml"])
    for rule in list(_own(root, element, role, "Deny" if allowed else "Permit")):
        _without(rule, action)
    changed = _close(files, root)
    if may(changed, key, element, role, action) != allowed:
        effect = "Permit" if allowed else "Deny"
        mine = next(_own(root, element, role, effect), None)
        actions = [*(_actions(mine) if mine is not None else ()), action]
        if mine is not None:
            root.remove(mine)
        rule = rule_for(element, role, key, actions, effect)
        rules = root.findall(f"{XACML}Rule")
        if rules:
            rules[-1].addnext(rule)
        else:
            root.append(rule)
        changed = _close(files, root)
    if may(changed, key, element, role, action) != allowed:
        raise EditRefused("access.not_here")
    return changed


def _own(root: etree._Element, element: str, role: str, effect: str) -> Iterator[etree._Element]:
    """Rules that speak of this one role and this one step and nothing else."""
    for rule in root.findall(f"{XACML}Rule"):
        if rule.get("Effect") != effect:
            continue
        named: dict[str, list[str]] = {}
        for match in rule.iter(f"{XACML}Match"):
            attribute = match.find(f"{XACML}AttributeDesignator").get("AttributeId")
            named.setdefault(attribute, []).append((match.findtext(f"{XACML}AttributeValue") or "").strip())
        if named.get("urn:altinn:rolecode") == [role] and named.get("urn:altinn:task") == [element]:
            yield rule


def _matches(rule: etree._Element) -> list[etree._Element]:
    found = rule.iter(f"{XACML}Match")
    return [m for m in found if m.find(f"{XACML}AttributeDesignator").get("AttributeId") == ACTION_ID]


def _actions(rule: etree._Element) -> list[str]:
    return [(match.findtext(f"{XACML}AttributeValue") or "").strip() for match in _matches(rule)]


def _without(rule: etree._Element, action: str) -> None:
    """The rule without the action; one that named no other goes."""
    rest = [a for a in _actions(rule) if a != action]
    if not rest:
        rule.getparent().remove(rule)
        return
    for match in _matches(rule):
        if (match.findtext(f"{XACML}AttributeValue") or "").strip() == action:
            alternative = match.getparent()
            alternative.getparent().remove(alternative)


def _close(files: Files, root: etree._Element) -> dict[str, bytes]:
    etree.indent(root, space="  ")
    return {**files, "policy.xml": etree.tostring(root, xml_declaration=True, encoding="UTF-8")}
