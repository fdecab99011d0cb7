"""The enforcement: no permit, no step. To someone with no role in a case it is not there."""

from __future__ import annotations

import logging
from typing import Any

from sqlalchemy import Connection, Row

from engine.workflow.authorization import role_codes
from engine.workflow.authorization.actor import Actor, Role
from engine.workflow.authorization.attempt import Attempt
from engine.workflow.authorization.pdp import Decision, decide
from engine.workflow.authorization.pip import roles
from engine.workflow.authorization.policy import (
    ACTION,
    ACTION_ID,
    APP,
    ORG,
    RESOURCE,
    ROLE_CODE,
    SUBJECT,
    TASK,
    Policy,
    PolicyError,
    policy_of,
)
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.definitions.library import Library
from engine.workflow.errors import Forbidden, NotFound, PolicyNotEvaluated

log = logging.getLogger(__name__)

LEVELS = {"substantial": 3, "high": 4}
#: The action of beginning a case for another, as Altinn names it. Beginning one's own needs no rule.
INSTANTIATE = "instantiate"


def enforce(c: Attempt, action: str, element_id: str) -> None:
    """Return when the journey's policy permits.

    Raises ``NotFound``, ``Forbidden``, or ``PolicyNotEvaluated`` where the definition was deployed with a policy that
    is not evaluated in full: no part of it permits.
    """
    if c.actor.role is Role.SYSTEM:
        return
    instance = c.live
    held = roles(c.connection, c.actor, instance.owner_id, instance.case_id)
    if not held:
        raise NotFound(element_id)
    try:
        policy = policy_of(c.deployed(instance.definition_id).bundle.files)
    except PolicyError as error:
        raise PolicyNotEvaluated(element_id, instance.id, str(error)) from error
    request = {
        (SUBJECT, ROLE_CODE): held,
        (RESOURCE, ORG): ("ibalanse",),
        (RESOURCE, APP): (instance.key,),
        (RESOURCE, TASK): (element_id,),
        (ACTION, ACTION_ID): (action,),
    }
    if decide(policy, request) is not Decision.PERMIT or not _logged_in_well_enough(c.actor, policy):
        raise Forbidden(element_id)


def enforce_case(connection: Connection, library: Library, actor: Actor, case: Row[Any], action: str) -> None:
    """Return when the policy permits *action* on the case or on any of its steps.

    Raises ``NotFound`` where the actor has no role in the case, ``Forbidden`` where the role may not, and
    ``PolicyNotEvaluated`` as ``enforce`` does.

    case  row of the case file: the version of the journey it follows says who may
    """
    if actor.role is Role.SYSTEM:
        return
    held = roles(connection, actor, case.owner_id, case.id)
    if not held:
        raise NotFound(case.id)
    bundle = library.get(connection, case.definition_id).bundle
    try:
        policy = policy_of(bundle.files)
    except PolicyError as error:
        raise PolicyNotEvaluated(case.id, case.id, str(error)) from error
    if not (_permits_anywhere(policy, bundle, held, action) and _logged_in_well_enough(actor, policy)):
        raise Forbidden(case.id)


def _permits_anywhere(policy: Policy, bundle: Bundle, held: frozenset[str], action: str) -> bool:
    """Whether *action* is permitted to these roles on the case itself or on one of its steps."""
    request = {
        (SUBJECT, ROLE_CODE): held,
        (RESOURCE, ORG): ("ibalanse",),
        (RESOURCE, APP): (bundle.key,),
        (ACTION, ACTION_ID): (action,),
    }
    steps = [{**request, (RESOURCE, TASK): (step,)} for step in bundle.process.elements]
    return any(decide(policy, one) is Decision.PERMIT for one in (request, *steps))


def may_begin(bundle: Bundle, actor: Actor, office: str) -> bool:
    """Whether a caseworker may begin this journey for a citizen: at their own office, where the policy permits it."""
    if actor.role is not Role.CASEWORKER or actor.office is None or actor.office.orgno != office:
        return False
    try:
        policy = policy_of(bundle.files)
    except PolicyError as error:
        log.error("nobody may begin %s for another: %s", bundle.key, error)
        return False
    request = {
        (SUBJECT, ROLE_CODE): (role_codes.CASEWORKER,),
        (RESOURCE, ORG): ("ibalanse",),
        (RESOURCE, APP): (bundle.key,),
        (ACTION, ACTION_ID): (INSTANTIATE,),
    }
    return decide(policy, request) is Decision.PERMIT and _logged_in_well_enough(actor, policy)


def _logged_in_well_enough(actor: Actor, policy: Policy) -> bool:
    return LEVELS.get(actor.level, 0) >= policy.level_of(for_organisation=actor.office is not None)
