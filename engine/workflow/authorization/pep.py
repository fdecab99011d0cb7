"""The enforcement: no permit, no step. Someone with no role in a case is told it is not there."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row

from engine.workflow.authorization import role_codes
from engine.workflow.authorization.actor import Actor, Role
from engine.workflow.authorization.attempt import Attempt
from engine.workflow.authorization.pdp import Decision, decide
from engine.workflow.authorization.pip import roles
from engine.workflow.authorization.policy import ACTION, ACTION_ID, RESOURCE, SUBJECT, read_policy
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.definitions.library import Library
from engine.workflow.errors import Forbidden, NotFound

LEVELS = {"substantial": 3, "high": 4}
#: The action of beginning a case for another, as Altinn names it. Beginning one's own needs no rule.
INSTANTIATE = "instantiate"


def enforce(c: Attempt, action: str, element_id: str) -> None:
    """Return when the journey's policy permits. Raises ``NotFound`` or ``Forbidden``."""
    if c.actor.role is Role.SYSTEM:
        return
    instance = c.live
    held = roles(c.connection, c.actor, instance.owner_id, instance.case_id)
    if not held:
        raise NotFound(element_id)
    policy = read_policy(c.deployed(instance.definition_id).bundle.files["policy.xml"])
    request = {
        (SUBJECT, "urn:altinn:rolecode"): held,
        (RESOURCE, "urn:altinn:org"): ("ibalanse",),
        (RESOURCE, "urn:altinn:app"): (instance.key,),
        (RESOURCE, "urn:altinn:task"): (element_id,),
        (ACTION, ACTION_ID): (action,),
    }
    if decide(policy, request) is not Decision.PERMIT or LEVELS.get(c.actor.level, 0) < policy.level:
        raise Forbidden(element_id)


def enforce_case(connection: Connection, library: Library, actor: Actor, case: Row[Any], action: str) -> None:
    """Return when the policy permits *action* on the case or on any of its steps.

    Raises ``NotFound`` where the actor has no role in the case, ``Forbidden`` where the role may not.

    case  row of the case file: the version of the journey it follows says who may
    """
    if actor.role is Role.SYSTEM:
        return
    held = roles(connection, actor, case.owner_id, case.id)
    if not held:
        raise NotFound(case.id)
    bundle = library.get(connection, case.definition_id).bundle
    if not permits_anywhere(bundle, held, action, actor.level):
        raise Forbidden(case.id)


def permits_anywhere(bundle: Bundle, held: frozenset[str], action: str, level: str) -> bool:
    """Whether the policy permits *action* to these roles on the case itself or on one of its steps."""
    policy = read_policy(bundle.files["policy.xml"])
    if LEVELS.get(level, 0) < policy.level:
        return False
    request = {
        (SUBJECT, "urn:altinn:rolecode"): held,
        (RESOURCE, "urn:altinn:org"): ("ibalanse",),
        (RESOURCE, "urn:altinn:app"): (bundle.key,),
        (ACTION, ACTION_ID): (action,),
    }
    steps = [{**request, (RESOURCE, "urn:altinn:task"): (step,)} for step in bundle.process.elements]
    return any(decide(policy, one) is Decision.PERMIT for one in (request, *steps))


def may_begin(bundle: Bundle, actor: Actor, office: str) -> bool:
    """Whether a caseworker may begin this journey for a citizen: at her own office, where the policy permits it."""
    if actor.role is not Role.CASEWORKER or actor.office is None or actor.office.orgno != office:
        return False
    policy = read_policy(bundle.files["policy.xml"])
    request = {
        (SUBJECT, "urn:altinn:rolecode"): (role_codes.CASEWORKER,),
        (RESOURCE, "urn:altinn:org"): ("ibalanse",),
        (RESOURCE, "urn:altinn:app"): (bundle.key,),
        (ACTION, ACTION_ID): (INSTANTIATE,),
    }
    return decide(policy, request) is Decision.PERMIT and LEVELS.get(actor.level, 0) >= policy.level
