"""The decision: deny-overrides over the rules that match. Only an explicit permit admits."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum

from engine.workflow.authorization.policy import Match, Policy, Rule

#: (category, attribute id) → the values the request has.
Request = Mapping[tuple[str, str], Collection[str]]


class Decision(StrEnum):
    PERMIT = "Permit"
    DENY = "Deny"
    NOT_APPLICABLE = "NotApplicable"


def decide(policy: Policy, request: Request) -> Decision:
    """Judge one request by one policy."""
    effects = {rule.effect for rule in policy.rules if _applies(rule, request)}
    if "Deny" in effects:
        return Decision.DENY
    return Decision.PERMIT if "Permit" in effects else Decision.NOT_APPLICABLE


def _applies(rule: Rule, request: Request) -> bool:
    return all(
        any(all(_holds(match, request) for match in alternative) for alternative in group) for group in rule.target
    )


def _holds(match: Match, request: Request) -> bool:
    values = request.get((match.category, match.attribute), ())
    if match.folded:
        return match.value.lower() in {value.lower() for value in values}
    return match.value in values
