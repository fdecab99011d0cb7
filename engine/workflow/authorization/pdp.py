"""The decision: deny-overrides over the rules that match. Only an explicit permit admits."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from unicodedata import normalize

from engine.workflow.authorization.policy import Match, Policy, Target

#: (category, attribute id) → the values the request has.
Request = Mapping[tuple[str, str], Collection[str]]


class Decision(StrEnum):
    PERMIT = "Permit"
    DENY = "Deny"
    NOT_APPLICABLE = "NotApplicable"


def decide(policy: Policy, request: Request) -> Decision:
    """Evaluate one request against one policy. A policy whose own target does not match is not applicable."""
    if not _matches(policy.target, request):
        return Decision.NOT_APPLICABLE
    effects = {rule.effect for rule in policy.rules if _matches(rule.target, request)}
    if "Deny" in effects:
        return Decision.DENY
    return Decision.PERMIT if "Permit" in effects else Decision.NOT_APPLICABLE


def _matches(target: Target, request: Request) -> bool:
    return all(any(all(_holds(match, request) for match in alternative) for alternative in group) for group in target)


def _holds(match: Match, request: Request) -> bool:
    values = request.get((match.category, match.attribute), ())
    return _normal(match.value, match.folded) in {_normal(value, match.folded) for value in values}


def _normal(value: str, folded: bool) -> str:
    """XACML compares strings as if in Unicode normalization form C (7.1.1), and in lower case where it folds."""
    value = normalize("NFC", value)
    return normalize("NFC", value.lower()) if folded else value
