"""What a policy says, asked without a case: which roles and actions it speaks of, and what a role may do on a step."""

from __future__ import annotations

from engine.workflow.authorization.pdp import Decision, Request, decide
from engine.workflow.authorization.policy import ACTION, ACTION_ID, APP, ORG, RESOURCE, ROLE_CODE, SUBJECT, TASK, Policy


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
        if decide(policy, _request(key, element_id, role, action)) is Decision.PERMIT:
            found.add(action)
    return found


def reads(policy: Policy, key: str, element_id: str, role: str) -> bool:
    """Whether a role may read a step, or with no *element_id* the case itself."""
    return decide(policy, _request(key, element_id, role, "read")) is Decision.PERMIT


def _request(key: str, element_id: str, role: str, action: str) -> Request:
    """What the policy is asked: may this role do this on this step, or with no *element_id* in the case?"""
    request = {
        (SUBJECT, ROLE_CODE): (role,),
        (RESOURCE, ORG): ("ibalanse",),
        (RESOURCE, APP): (key,),
        (ACTION, ACTION_ID): (action,),
    }
    if element_id:
        request[(RESOURCE, TASK)] = (element_id,)
    return request
