"""A policy is evaluated in full or refused by name: nothing in it is ever passed over."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.workflow.authorization.pdp import Decision, decide
from engine.workflow.authorization.policy import PolicyError, policy_of, read_policy
from tests.engine.workflow.authorization.written import (
    APP,
    DENY_OVERRIDES,
    DO,
    EQUAL,
    EQUAL_FOLDED,
    INTEGER,
    LEVEL,
    ORG,
    RESOURCE,
    ROLE,
    STRING,
    SUBJECT,
    TASK,
    XACML,
    all_of,
    any_of,
    match,
    obligation,
    one,
    policy,
    rule,
    target,
)

ROOT = Path(__file__).resolve().parents[4]
ALGORITHM = "urn:oasis:names:tc:xacml:{}:rule-combining-algorithm:{}"
ANY_URI = "http://www.w3.org/2001/XMLSchema#anyURI"
SELECTOR = '<AttributeSelector Category="c" Path="p" DataType="t" MustBePresent="false"/>'
VALUE = f'<AttributeValue DataType="{INTEGER}">3</AttributeValue>'
CONDITION = f'<Condition><Apply FunctionId="{EQUAL}"/></Condition>'
ADVICE = '<AdviceExpressions><AdviceExpression AdviceId="a" AppliesTo="Permit"/></AdviceExpressions>'


def held(*parts: str) -> str:
    """A rule that permits where this one match holds."""
    return rule(inside=target(any_of(all_of(*parts))))


def obliged(*expressions: str) -> str:
    return f"<ObligationExpressions>{''.join(expressions)}</ObligationExpressions>"


def violations(data: bytes) -> list[tuple[int, str]]:
    with pytest.raises(PolicyError) as refused:
        read_policy(data)
    assert all(violation.name in violation.message for violation in refused.value.violations)
    return [(violation.line, violation.name) for violation in refused.value.violations]


REFUSED: dict[str, tuple[bytes, str]] = {
    # around the policy
    "a policy set": (f'<PolicySet xmlns="{XACML}" PolicySetId="s" Version="1"/>'.encode(), "PolicySet"),
    "XACML 2.0": (b'<Policy xmlns="urn:oasis:names:tc:xacml:2.0:policy:schema:os" PolicyId="p"/>', "Policy"),
    "no namespace": (b'<Policy PolicyId="p"/>', "Policy"),
    "no algorithm": (policy().replace(b" RuleCombiningAlgId=", b" Other="), "RuleCombiningAlgId"),
    "no version": (policy().replace(b' Version="1.0"', b""), "Version"),
    "no policy id": (policy().replace(b' PolicyId="p"', b""), "PolicyId"),
    "no target": (policy(target=""), "Target"),
    "delegation": (policy(attributes=' MaxDelegationDepth="1"'), "MaxDelegationDepth"),
    "an unknown attribute": (policy(attributes=' Priority="1"'), "Priority"),
    "an issuer of the policy": (policy("<PolicyIssuer/>"), "PolicyIssuer"),
    "defaults": (policy("<PolicyDefaults><XPathVersion>x</XPathVersion></PolicyDefaults>"), "PolicyDefaults"),
    "combiner parameters": (policy("<CombinerParameters/>"), "CombinerParameters"),
    "rule combiner parameters": (policy('<RuleCombinerParameters RuleIdRef="r"/>'), "RuleCombinerParameters"),
    "a variable": (policy('<VariableDefinition VariableId="v"/>'), "VariableDefinition"),
    "advice of the policy": (policy(ADVICE), "AdviceExpressions"),
    "a policy within": (policy('<Policy PolicyId="q"/>'), "Policy"),
    "another vendor's element": (policy('<x:Rule xmlns:x="urn:x"/>'), "{urn:x}Rule"),
    "a second target": (policy("<Target/>"), "Target"),
    "text among the rules": (policy("deny all of them"), "Policy"),
    # rules
    "a condition": (policy(rule(inside=CONDITION)), "Condition"),
    "no rule id": (policy('<Rule Effect="Permit"/>'), "RuleId"),
    "no effect": (policy('<Rule RuleId="r"/>'), "Effect"),
    "another effect": (policy(rule("permit")), "Effect"),
    "an obligation of a rule": (policy(rule(inside=obliged(obligation()))), "ObligationExpressions"),
    "advice of a rule": (policy(rule(inside=ADVICE)), "AdviceExpressions"),
    "a rule within a rule": (policy(rule(inside=rule())), "Rule"),
    # targets
    "an empty group": (policy(rule(inside=target("<AnyOf/>"))), "AllOf"),
    "an empty alternative": (policy(rule(inside=target(any_of("<AllOf/>")))), "Match"),
    "a match without a group": (policy(rule(inside=target(match()))), "Match"),
    "subjects of XACML 2.0": (policy(rule(inside=target("<Subjects/>"))), "Subjects"),
    "a condition in the policy's target": (policy(target=target(any_of(all_of(match(), CONDITION)))), "Condition"),
    # matches
    "another function": (policy(held(match(function=EQUAL + "-x"))), EQUAL + "-x"),
    "a function that only ends so": (
        policy(held(match(function="urn:x:function:string-equal"))),
        "urn:x:function:string-equal",
    ),
    "a folded function of 1.0": (
        policy(held(match(function=EQUAL_FOLDED.replace("3.0", "1.0")))),
        EQUAL_FOLDED.replace("3.0", "1.0"),
    ),
    "a regular expression": (
        policy(held(match(function="urn:oasis:names:tc:xacml:1.0:function:string-regexp-match"))),
        "urn:oasis:names:tc:xacml:1.0:function:string-regexp-match",
    ),
    "no function": (policy(held("<Match/>")), "MatchId"),
    "a selector": (
        policy(held(match().replace("<AttributeDesignator", f"{SELECTOR}<AttributeDesignator"))),
        "AttributeSelector",
    ),
    "two values": (
        policy(held(match().replace("<AttributeDesignator", f"{VALUE}<AttributeDesignator"))),
        "AttributeValue",
    ),
    "a match without a value": (policy(held(f'<Match MatchId="{EQUAL}"/>')), "AttributeValue"),
    "a match without a designator": (policy(held(f'<Match MatchId="{EQUAL}"/>')), "AttributeDesignator"),
    "a value of another type": (policy(held(match(kind=ANY_URI))), ANY_URI),
    "a value without a type": (policy(held(match().replace(f'Value DataType="{STRING}"', "Value"))), "DataType"),
    "an element in a value": (policy(held(match(value="<b>priv</b>"))), "b"),
    "white space around a value": (policy(held(match(value=" priv "))), "AttributeValue"),
    "a designator of another type": (policy(held(match(designator_kind=ANY_URI))), ANY_URI),
    "a value that must be there": (policy(held(match(designator='MustBePresent="true"'))), "MustBePresent"),
    "a value that must be there, in short": (policy(held(match(designator='MustBePresent="1"'))), "MustBePresent"),
    "a value that perhaps must be there": (policy(held(match(designator='MustBePresent="maybe"'))), "MustBePresent"),
    "nothing of whether it must be there": (policy(held(match(designator=""))), "MustBePresent"),
    "an issuer": (policy(held(match(designator='MustBePresent="false" Issuer="someone"'))), "Issuer"),
    "another category": (
        policy(held(match(("urn:oasis:names:tc:xacml:1.0:subject-category:codebase", "urn:altinn:rolecode")))),
        "urn:oasis:names:tc:xacml:1.0:subject-category:codebase",
    ),
    "a denial by what no request has": (
        policy(rule("Deny", target(one((RESOURCE, "urn:altinn:partyid"), "5")))),
        "urn:altinn:partyid",
    ),
    # obligations
    "another obligation": (
        policy(obliged(obligation(category="urn:altinn:write-a-letter"))),
        "urn:altinn:write-a-letter",
    ),
    "another vendor's obligation": (
        policy(obliged(obligation().replace("urn:altinn:obligation:authenticationLevel1", "urn:x:log-it"))),
        "urn:x:log-it",
    ),
    "an obligation on denial": (policy(obliged(obligation(on="Deny"))), "FulfillOn"),
    "an obligation of nothing": (policy(obliged()), "ObligationExpression"),
    "an obligation without assignment": (
        policy(obliged('<ObligationExpression ObligationId="urn:altinn:obligation:1" FulfillOn="Permit"/>')),
        "AttributeAssignmentExpression",
    ),
    "an obligation with an issuer": (policy(obliged(obligation(more=' Issuer="i"'))), "Issuer"),
    "a level that is a word": (policy(obliged(obligation("high"))), "AttributeValue"),
    "a level of five": (policy(obliged(obligation("5"))), "AttributeValue"),
    "a level below none": (policy(obliged(obligation("-1"))), "AttributeValue"),
    "a level in other digits": (policy(obliged(obligation("٣"))), "AttributeValue"),
    "no level": (policy(obliged(obligation(""))), "AttributeValue"),
    "a level of another type": (policy(obliged(obligation(kind=ANY_URI))), ANY_URI),
    "a level that is worked out": (policy(obliged(obligation()).replace(VALUE, "<Apply/>")), "Apply"),
}


@pytest.mark.parametrize("data, name", REFUSED.values(), ids=list(REFUSED))
def test_what_is_not_evaluated_is_refused_by_its_name(data: bytes, name: str) -> None:
    assert name in {found for _, found in violations(data)}


@pytest.mark.parametrize(
    "algorithm",
    [
        ALGORITHM.format("3.0", "permit-overrides"),
        ALGORITHM.format("3.0", "deny-unless-permit"),
        ALGORITHM.format("3.0", "permit-unless-deny"),
        ALGORITHM.format("3.0", "ordered-permit-overrides"),
        ALGORITHM.format("1.0", "permit-overrides"),
        ALGORITHM.format("1.0", "first-applicable"),
        "urn:oasis:names:tc:xacml:3.0:policy-combining-algorithm:deny-overrides",
        DENY_OVERRIDES + " ",
        "",
    ],
)
def test_an_algorithm_that_decides_otherwise_is_refused(algorithm: str) -> None:
    assert violations(policy(rule(), algorithm=algorithm)) == [(1, algorithm)]


@pytest.mark.parametrize(
    "algorithm",
    [
        ALGORITHM.format("3.0", "deny-overrides"),
        ALGORITHM.format("3.0", "ordered-deny-overrides"),
        ALGORITHM.format("1.0", "deny-overrides"),
        ALGORITHM.format("1.1", "ordered-deny-overrides"),
    ],
)
def test_deny_overrides_is_read_in_each_of_its_versions(algorithm: str) -> None:
    found = read_policy(policy(rule(), rule("Deny", identity="s"), algorithm=algorithm))

    assert decide(found, {}) is Decision.DENY


def test_every_violation_is_told_at_once_each_with_its_line() -> None:
    data = policy("\n", rule(inside="\n" + CONDITION), "\n<VariableDefinition/>", "\n", rule("Perhaps"))

    assert violations(data) == [(3, "Condition"), (4, "VariableDefinition"), (5, "Effect")]


def test_the_text_of_the_refusal_names_line_and_construct() -> None:
    with pytest.raises(PolicyError, match=r"^line 2: Condition in Rule is not evaluated$"):
        read_policy(policy("\n", rule(inside=CONDITION)))


@pytest.mark.parametrize("data", [b"", b"<", b"<!DOCTYPE p><Policy/>"])
def test_what_is_no_xml_is_refused_as_a_file(data: bytes) -> None:
    assert [name for _, name in _reported(data)] == ["policy.xml"]


def _reported(data: bytes) -> list[tuple[int, str]]:
    with pytest.raises(PolicyError) as refused:
        read_policy(data)
    return [(violation.line, violation.name) for violation in refused.value.violations]


def test_a_bundle_without_a_policy_is_refused() -> None:
    with pytest.raises(PolicyError, match="policy.xml is missing"):
        policy_of({})


@pytest.mark.parametrize("false", ["false", "0", " false ", "False"])
def test_every_way_to_write_that_a_value_may_be_missing_is_read(false: str) -> None:
    assert read_policy(policy(held(match(designator=f'MustBePresent="{false}"')))).rules


@pytest.mark.parametrize("written, level", [("0", 0), ("4", 4), (" 3\n", 3), ("+2", 2), ("003", 3)])
def test_every_way_to_write_a_whole_number_is_a_level(written: str, level: int) -> None:
    assert read_policy(policy(obliged(obligation(written)))).level == level


def test_the_highest_of_several_levels_counts() -> None:
    assert read_policy(policy(obliged(obligation("4"), obligation("2")))).level == 4


def test_the_level_of_organisations_is_asked_of_those_who_act_for_one_only() -> None:
    found = read_policy(policy(obliged(obligation("3"), obligation("4", LEVEL + "-org"))))

    assert (found.level_of(for_organisation=False), found.level_of(for_organisation=True)) == (3, 4)


def test_a_lower_level_of_organisations_lets_nobody_off_the_level_of_all() -> None:
    found = read_policy(policy(obliged(obligation("4"), obligation("2", LEVEL + "-org"))))

    assert found.level_of(for_organisation=True) == 4


def altinn() -> bytes:
    """As Altinn Studio writes a policy: a prefix, comments, descriptions, placeholders, attributes we never have."""
    owner = one((SUBJECT, "urn:altinn:org"), "[ORG]")
    resource = any_of(all_of(match(ORG, "[ORG]"), match(APP, "[APP]")))
    ended = any_of(
        all_of(match(ORG, "[ORG]"), match(APP, "[APP]"), match(TASK, "Task_1")),
        all_of(match(ORG, "[ORG]"), match(APP, "[APP]"), match((RESOURCE, "urn:altinn:end-event"), "EndEvent_1")),
    )
    roles = one(ROLE, "REGNA", "DAGL", function=EQUAL_FOLDED)
    package = one((SUBJECT, "urn:altinn:accesspackage"), "skattnaering", function=EQUAL_FOLDED)
    body = policy(
        "<!-- made from a template -->",
        rule(
            "Permit", f"<Description>May begin</Description>{target(roles, resource, one(DO, 'instantiate', 'read'))}"
        ),
        rule("Permit", target(roles, ended, one(DO, "read", "write", "sign")), "s"),
        rule("Permit", target(owner, resource, one(DO, "read", "complete")), "t"),
        rule("Permit", target(package, resource, one(DO, "read")), "u"),
        obliged(obligation("3"), obligation("2", LEVEL + "-org")),
        attributes=' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b"',
    ).decode()
    for name in ("Policy", "Target", "Rule", "Description", "AnyOf", "AllOf", "Match", "AttributeValue"):
        body = body.replace(f"<{name}", f"<xacml:{name}").replace(f"</{name}", f"</xacml:{name}")
    for name in ("AttributeDesignator", "ObligationExpression", "AttributeAssignmentExpression"):
        body = body.replace(f"<{name}", f"<xacml:{name}").replace(f"</{name}", f"</xacml:{name}")
    return body.replace("xmlns=", "xmlns:xacml=").encode()


def test_a_policy_as_altinn_studio_writes_it_is_evaluated() -> None:
    found = read_policy(altinn())
    request = {ROLE: ("dagl",), ORG: ("[ORG]",), APP: ("[APP]",), TASK: ("Task_1",)}

    assert decide(found, {**request, DO: ("sign",)}) is Decision.PERMIT
    assert decide(found, {**request, DO: ("delete",)}) is Decision.NOT_APPLICABLE
    assert (found.level, found.organisation_level) == (3, 2)


SHIPPED = [*ROOT.glob("processes/*/policy.xml"), *ROOT.glob("docs/examples/*/policy.xml")]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.parent.name)
def test_every_policy_that_is_shipped_is_evaluated_in_full(path: Path) -> None:
    assert read_policy(path.read_bytes()).rules


def test_there_are_shipped_policies_to_judge() -> None:
    assert {path.parent.name for path in SHIPPED} >= {"advice", "consent", "mandate", "debt_settlement"}


def test_a_denial_by_what_requests_have_is_evaluated() -> None:
    assert read_policy(policy(rule("Deny", target(one(ROLE, "priv"), one(TASK, "Share"), one(DO, "write"))))).rules
