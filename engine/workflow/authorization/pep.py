"""The enforcement: no permit, no step. Someone with no role in a case is told it is not there."""

from __future__ import annotations

from engine.workflow.authorization.actor import Actor, Role
from engine.workflow.authorization.pdp import Decision, decide
from engine.workflow.authorization.pip import roles
from engine.workflow.authorization.policy import ACTION, ACTION_ID, RESOURCE, SUBJECT, read_policy
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.errors import Forbidden, NotFound
from engine.workflow.execution.context import Context

LEVELS = {"substantial": 3, "high": 4}
#: The action of beginning a case for another, as Altinn names it. Beginning one's own needs no rule.
INSTANTIATE = "instantiate"


def enforce(c: Context, action: str, element_id: str) -> None:
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


def may_begin(bundle: Bundle, actor: Actor, office: str) -> bool:
    """Whether a caseworker may begin this journey for a citizen: at her own office, where the policy permits it."""
    if actor.role is not Role.CASEWORKER or actor.office is None or actor.office.orgno != office:
        return False
    policy = read_policy(bundle.files["policy.xml"])
    request = {
        (SUBJECT, "urn:altinn:rolecode"): ("radgiver",),
        (RESOURCE, "urn:altinn:org"): ("ibalanse",),
        (RESOURCE, "urn:altinn:app"): (bundle.key,),
        (ACTION, ACTION_ID): (INSTANTIATE,),
    }
    return decide(policy, request) is Decision.PERMIT and LEVELS.get(actor.level, 0) >= policy.level
