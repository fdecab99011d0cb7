"""The enforcement: no permit, no step. Someone with no role in a case is told it is not there."""

from __future__ import annotations

from engine.authorization.actor import Role
from engine.authorization.pdp import Decision, decide
from engine.authorization.pip import roles
from engine.authorization.policy import ACTION, ACTION_ID, RESOURCE, SUBJECT, read_policy
from engine.execution.commands import Forbidden, NotFound
from engine.execution.context import Context

LEVELS = {"substantial": 3, "high": 4}


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
