"""Deny overrides, no rule is no permit, and letters' case counts only where the policy says so."""

from __future__ import annotations

import pytest

from engine.workflow.authorization.pdp import Decision, decide
from engine.workflow.authorization.policy import ACTION, ACTION_ID, RESOURCE, SUBJECT, Match, Policy, Rule

ROLE = "urn:altinn:rolecode"


def rule(effect: str, role: str, *actions: str) -> Rule:
    who = ((Match(SUBJECT, ROLE, role, True),),)
    what = tuple((Match(ACTION, ACTION_ID, action, False),) for action in actions)
    return Rule("r", effect, (who, what))


@pytest.mark.parametrize(
    ("rules", "roles", "action", "expected"),
    [
        ((rule("Permit", "priv", "read"),), {"priv"}, "read", Decision.PERMIT),
        ((rule("Permit", "PRIV", "read"),), {"priv"}, "read", Decision.PERMIT),
        ((rule("Permit", "priv", "read"),), {"priv"}, "Read", Decision.NOT_APPLICABLE),
        ((rule("Permit", "priv", "read", "write"),), {"priv"}, "write", Decision.PERMIT),
        ((rule("Permit", "priv", "read"),), {"radgiver"}, "read", Decision.NOT_APPLICABLE),
        ((rule("Permit", "priv", "read"), rule("Deny", "priv", "read")), {"priv"}, "read", Decision.DENY),
        ((), {"priv"}, "read", Decision.NOT_APPLICABLE),
    ],
)
def test_the_decision(rules: tuple[Rule, ...], roles: set[str], action: str, expected: Decision) -> None:
    request = {(SUBJECT, ROLE): roles, (ACTION, ACTION_ID): (action,), (RESOURCE, "urn:altinn:app"): ("p",)}

    assert decide(Policy("p", rules, 0), request) is expected
