"""What a policy says, asked without a case: which roles and actions it speaks of, and what a role may do on a step."""

from __future__ import annotations

from engine.workflow.authorization.pdp import Decision, decide
from engine.workflow.authorization.policy import ACTION, ACTION_ID, RESOURCE, ROLE_CODE, SUBJECT, Policy


def roles_named(policy: Policy) -> list[str]:
    """The role codes a policy speaks of."""
    return sorted({match.value for match in policy.matches if match.attribute == ROLE_CODE})


def actions_named(policy: Policy) -> list[str]:
    """The actions a policy speaks of."""
    return sorted({match.value for match in policy.matches if match.attribute == ACTION_ID})


def allowed(policy: Policy, key: str, element_id: str, role: str) -> set[str]:
    """The actions a role may do on a step. A policy that names no action speaks of every one; writing stands for it.

    Beginning a case is no action on a step, although the rule that permits it names none.
    """
    found = set()
    for action in [name for name in actions_named(policy) if name != "instantiate"] or ["write"]:
        request = {
            (SUBJECT, ROLE_CODE): (role,),
            (RESOURCE, "urn:altinn:org"): ("ibalanse",),
            (RESOURCE, "urn:altinn:app"): (key,),
            (RESOURCE, "urn:altinn:task"): (element_id,),
            (ACTION, ACTION_ID): (action,),
        }
        if decide(policy, request) is Decision.PERMIT:
            found.add(action)
    return found
