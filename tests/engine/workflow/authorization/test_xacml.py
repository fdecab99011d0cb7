"""What a policy decides, by the rules of OASIS XACML 3.0 (core specification, January 2013) and by nothing of ours.

Each case names the section it is taken from. No case can be Indeterminate: what would make it so is refused when the
policy is read.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from engine.workflow.authorization.pdp import Decision, decide
from engine.workflow.authorization.policy import read_policy
from tests.engine.workflow.authorization.written import (
    APP,
    DO,
    EQUAL_FOLDED,
    ORG,
    ROLE,
    STRING,
    SUBJECT,
    TASK,
    all_of,
    any_of,
    match,
    one,
    policy,
    rule,
    target,
)

PERMIT, DENY, NOT_APPLICABLE = Decision.PERMIT, Decision.DENY, Decision.NOT_APPLICABLE
#: The owner writes on Share of advice.
REQUEST = {ROLE: ("priv",), ORG: ("ibalanse",), APP: ("advice",), TASK: ("Share",), DO: ("write",)}
OWNER, ADVISER = one(ROLE, "priv"), one(ROLE, "radgiver")
OWN_ORG = (SUBJECT, "urn:altinn:org")


def permits(*groups: str, request: Mapping[tuple[str, str], tuple[str, ...]] = REQUEST) -> Decision:
    """What a policy decides whose only rule permits where this target holds."""
    return decide(read_policy(policy(rule("Permit", target(*groups)))), request)


def having(*roles: str, **others: str) -> dict[tuple[str, str], tuple[str, ...]]:
    """The request with these roles; *others* are values of app, task and do."""
    named = {"app": APP, "task": TASK, "do": DO}
    return {**REQUEST, ROLE: roles, **{named[name]: (value,) for name, value in others.items()}}


def both(first: str, second: str) -> str:
    """A group with one alternative that asks two roles of the same bag."""
    return any_of(all_of(match(ROLE, first), match(ROLE, second)))


TARGETS = {
    # 5.6, 7.7: an empty target matches any request; a target matches when all its AnyOf do
    "an empty target matches": ((), REQUEST, PERMIT),
    "one group that matches": ((OWNER,), REQUEST, PERMIT),
    "one group that does not": ((ADVISER,), REQUEST, NOT_APPLICABLE),
    "two groups that match": ((OWNER, one(APP, "advice")), REQUEST, PERMIT),
    "the first of two groups does not": ((ADVISER, one(APP, "advice")), REQUEST, NOT_APPLICABLE),
    "the second of two groups does not": ((OWNER, one(APP, "mandate")), REQUEST, NOT_APPLICABLE),
    "the last of five groups does not": (
        (OWNER, one(ORG, "ibalanse"), one(APP, "advice"), one(TASK, "Share"), one(DO, "read")),
        REQUEST,
        NOT_APPLICABLE,
    ),
    "all five groups match": (
        (OWNER, one(ORG, "ibalanse"), one(APP, "advice"), one(TASK, "Share"), one(DO, "write")),
        REQUEST,
        PERMIT,
    ),
    # 7.7: an AnyOf matches when at least one of its AllOf does
    "the first alternative": ((one(DO, "write", "read"),), REQUEST, PERMIT),
    "the last alternative": ((one(DO, "read", "sign", "write"),), REQUEST, PERMIT),
    "no alternative": ((one(DO, "read", "sign"),), REQUEST, NOT_APPLICABLE),
    "the same alternative twice": ((one(DO, "write", "write"),), REQUEST, PERMIT),
    # 7.7: an AllOf matches when every one of its Match does
    "both matches of an alternative": ((any_of(all_of(match(APP, "advice"), match(TASK, "Share"))),), REQUEST, PERMIT),
    "only the first match of an alternative": (
        (any_of(all_of(match(APP, "advice"), match(TASK, "Close"))),),
        REQUEST,
        NOT_APPLICABLE,
    ),
    "halves of two alternatives make no whole": (
        (
            any_of(
                all_of(match(APP, "advice"), match(TASK, "Close")),
                all_of(match(APP, "mandate"), match(TASK, "Share")),
            ),
        ),
        REQUEST,
        NOT_APPLICABLE,
    ),
    "the second alternative is whole": (
        (
            any_of(
                all_of(match(APP, "mandate"), match(TASK, "Share")),
                all_of(match(APP, "advice"), match(TASK, "Share")),
            ),
        ),
        REQUEST,
        PERMIT,
    ),
    # 7.6, 5.9: a Match is true when the function holds for at least one value of the bag
    "the first of several values": ((OWNER,), having("priv", "guardian"), PERMIT),
    "the last of several values": ((OWNER,), having("guardian", "verge", "priv"), PERMIT),
    "none of several values": ((OWNER,), having("guardian", "verge"), NOT_APPLICABLE),
    "the same value twice": ((OWNER,), having("priv", "priv"), PERMIT),
    "two matches find each its value in one bag": ((both("priv", "guardian"),), having("guardian", "priv"), PERMIT),
    "two matches and only one of the values": ((both("priv", "guardian"),), having("priv"), NOT_APPLICABLE),
    "two groups find each its value in one bag": ((OWNER, ADVISER), having("priv", "radgiver"), PERMIT),
    # 7.3.5, 7.6: with MustBePresent false a missing attribute is an empty bag, and the match is false
    "an empty bag": ((OWNER,), having(), NOT_APPLICABLE),
    "an attribute no request has": ((one(OWN_ORG, "ibalanse"),), REQUEST, NOT_APPLICABLE),
    "a missing attribute beside one that matches": (
        (any_of(all_of(match(OWN_ORG, "ibalanse")), all_of(match(ROLE, "priv"))),),
        REQUEST,
        PERMIT,
    ),
    "a missing attribute and one that matches": (
        (any_of(all_of(match(OWN_ORG, "ibalanse"), match(ROLE, "priv"))),),
        REQUEST,
        NOT_APPLICABLE,
    ),
    "a request of nothing and an empty target": ((), {}, PERMIT),
    "a request of nothing": ((OWNER,), {}, NOT_APPLICABLE),
    # 7.3.4: an attribute is found by its category and its id together
    "the same id in another category": ((one(OWN_ORG, "ibalanse"),), {ORG: ("ibalanse",)}, NOT_APPLICABLE),
    "the same category under another id": ((one(TASK, "advice"),), having("priv", task="Share"), NOT_APPLICABLE),
    "the value of another attribute": ((one(APP, "Share"),), REQUEST, NOT_APPLICABLE),
    # A.3.1: string-equal compares the strings as they are
    "string-equal, another case": ((one(ROLE, "Priv"),), REQUEST, NOT_APPLICABLE),
    "string-equal, a part of the value": ((one(ROLE, "pri"),), REQUEST, NOT_APPLICABLE),
    "string-equal, the value and more": ((one(ROLE, "private"),), REQUEST, NOT_APPLICABLE),
    "string-equal, white space within": ((one(ROLE, "a  b"),), having("a b"), NOT_APPLICABLE),
    "string-equal, the same white space within": ((one(ROLE, "a  b"),), having("a  b"), PERMIT),
    "string-equal, white space around what is asked": ((OWNER,), having(" priv"), NOT_APPLICABLE),
    "string-equal, an escaped character": ((one(ROLE, "a&amp;b"),), having("a&b"), PERMIT),
    "string-equal, no pattern": ((one(ROLE, "pr.v"),), REQUEST, NOT_APPLICABLE),
    "string-equal, no wildcard": ((one(ROLE, "*"),), REQUEST, NOT_APPLICABLE),
    # 7.1.1: strings are compared as if they were in normalization form C
    "string-equal, a letter in the policy composed": ((one(ROLE, "\u00e5"),), having("a\u030a"), PERMIT),
    "string-equal, a letter in the policy decomposed": ((one(ROLE, "a\u030a"),), having("\u00e5"), PERMIT),
    "ignore-case, a capital decomposed": ((one(ROLE, "A\u030a", function=EQUAL_FOLDED),), having("\u00e5"), PERMIT),
    "string-equal, compatible letters differ": ((one(ROLE, "\ufb01"),), having("fi"), NOT_APPLICABLE),
    "string-equal, the empty string": ((one(ROLE, ""),), having(""), PERMIT),
    "string-equal, the empty string and no value": ((one(ROLE, ""),), having(), NOT_APPLICABLE),
    # A.3.1: string-equal-ignore-case compares both in lower case, as fn:lower-case has it
    "ignore-case, the policy in capitals": ((one(ROLE, "PRIV", function=EQUAL_FOLDED),), REQUEST, PERMIT),
    "ignore-case, the request in capitals": ((one(ROLE, "priv", function=EQUAL_FOLDED),), having("PRIV"), PERMIT),
    "ignore-case, Norwegian letters": ((one(ROLE, "RÅDGIVER", function=EQUAL_FOLDED),), having("rådgiver"), PERMIT),
    "ignore-case, lower case is no folding": ((one(ROLE, "ss", function=EQUAL_FOLDED),), having("ß"), NOT_APPLICABLE),
    "ignore-case, another value": ((one(ROLE, "PRIVAT", function=EQUAL_FOLDED),), REQUEST, NOT_APPLICABLE),
    "ignore-case, one of several values": (
        (one(ROLE, "PRIV", function=EQUAL_FOLDED),),
        having("guardian", "Priv"),
        PERMIT,
    ),
}


@pytest.mark.parametrize("groups, request_, expected", TARGETS.values(), ids=list(TARGETS))
def test_a_target_matches_as_the_standard_says(
    groups: tuple[str, ...], request_: dict[tuple[str, str], tuple[str, ...]], expected: Decision
) -> None:
    assert permits(*groups, request=request_) is expected


@pytest.mark.parametrize("groups, request_, expected", TARGETS.values(), ids=list(TARGETS))
def test_the_target_of_a_policy_matches_as_that_of_a_rule(
    groups: tuple[str, ...], request_: dict[tuple[str, str], tuple[str, ...]], expected: Decision
) -> None:
    found = read_policy(policy(rule("Permit"), target=target(*groups)))

    assert decide(found, request_) is expected


#: Rules that apply to REQUEST, and rules that do not.
YES, NO = rule("Permit", target(OWNER)), rule("Permit", target(ADVISER))
NEVER, ELSEWHERE = rule("Deny", target(OWNER)), rule("Deny", target(ADVISER))

COMBINED = {
    # 7.12: with no rule that applies a policy is not applicable
    "no rule": ((), NOT_APPLICABLE),
    "a rule that does not apply": ((NO,), NOT_APPLICABLE),
    "a denial that does not apply": ((ELSEWHERE,), NOT_APPLICABLE),
    "no rule of several applies": ((NO, ELSEWHERE, NO), NOT_APPLICABLE),
    # 7.11: a rule without a target applies where the policy does
    "a rule without a target permits": ((rule("Permit", ""),), PERMIT),
    "a rule without a target denies": ((rule("Deny", ""),), DENY),
    # C.2: deny overrides, whatever the order
    "a permit": ((YES,), PERMIT),
    "a denial": ((NEVER,), DENY),
    "a permit and then a denial": ((YES, NEVER), DENY),
    "a denial and then a permit": ((NEVER, YES), DENY),
    "one denial among many permits": ((YES, YES, NEVER, YES), DENY),
    "a denial that does not apply overrides nothing": ((YES, ELSEWHERE), PERMIT),
    "a permit that does not apply beside a denial": ((NO, NEVER), DENY),
    "a permit after rules that do not apply": ((NO, ELSEWHERE, YES), PERMIT),
}


@pytest.mark.parametrize("rules, expected", COMBINED.values(), ids=list(COMBINED))
def test_rules_are_combined_as_the_standard_says(rules: tuple[str, ...], expected: Decision) -> None:
    assert decide(read_policy(policy(*rules)), REQUEST) is expected


@pytest.mark.parametrize("rules", [rules for rules, _ in COMBINED.values()], ids=list(COMBINED))
def test_a_policy_whose_target_does_not_match_is_not_applicable_whatever_its_rules(rules: tuple[str, ...]) -> None:
    """Section 7.12: no denial either."""
    assert decide(read_policy(policy(*rules, target=target(ADVISER))), REQUEST) is NOT_APPLICABLE


def test_strings_of_digits_are_compared_as_strings() -> None:
    """Section A.3.1."""
    found = read_policy(policy(rule("Permit", target(any_of(all_of(match(ROLE, "3", kind=STRING)))))))

    assert [decide(found, having(value)) for value in ("3", "03", "3.0")] == [PERMIT, NOT_APPLICABLE, NOT_APPLICABLE]
