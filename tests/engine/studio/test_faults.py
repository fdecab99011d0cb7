"""What stands in the way of a bundle whose policy is not evaluated in full."""

from __future__ import annotations

import pytest

from engine.advice.task_types.task_type_registry import JOBS, USER_TASKS
from engine.workflow.authorization.policy import read_policy
from engine.workflow.authorization.policy_queries import actions_named, roles_named
from engine.workflow.bpmn.elements import Finding
from engine.workflow.bpmn.validator import Capabilities
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.execution.behaviours import BEHAVIOUR_BY_TYPE, EVENT_KINDS
from engine.workflow.findings import Offer, bundle_findings
from tests.engine.workflow.authorization.written import DO, RESOURCE, ROLE, one, policy, rule, target
from tests.factories.bundles import POLICY, bundle, line

OFFER = Offer(Capabilities(frozenset(BEHAVIOUR_BY_TYPE), EVENT_KINDS), JOBS, USER_TASKS, ())
BODY = '<startEvent id="s"/><userTask id="a"/><endEvent id="e"/>' + line("s", "a", "e")


def of_policy(data: bytes) -> list[Finding]:
    """The errors that are the policy's."""
    files = {**bundle(BODY).files, "policy.xml": data}
    return [
        f for f in bundle_findings(Bundle("p", files), OFFER) if f.rule.startswith("policy-") or f.rule == "nobody-may"
    ]


def test_each_violation_is_an_error_with_its_line_and_its_name() -> None:
    data = POLICY.replace(b"</Rule>", b"<Condition/>\n<VariableReference/></Rule>")

    assert of_policy(data) == [
        Finding("policy.xml#Condition", "policy-not-evaluated", "Condition in Rule is not evaluated", 7),
        Finding(
            "policy.xml#VariableReference", "policy-not-evaluated", "VariableReference in Rule is not evaluated", 8
        ),
    ]


@pytest.mark.parametrize("data", [b"", b"<Policy"])
def test_what_is_no_xml_is_one_error(data: bytes) -> None:
    assert [(f.element, f.rule) for f in of_policy(data)] == [("", "policy-unreadable")]


def test_an_attribute_no_request_has_is_listed_once_and_stands_in_nobodys_way() -> None:
    ended = (RESOURCE, "urn:altinn:end-event")
    permits = rule("Permit", target(one(ROLE, "priv")))

    found = of_policy(policy(permits, *[rule("Permit", target(one(ROLE, "priv"), one(ended, "e")))] * 2))

    assert [(f.element, f.rule, f.severity) for f in found] == [
        ("policy.xml#urn:altinn:end-event", "policy-never-matches", "warning")
    ]


def test_a_policy_that_is_evaluated_is_no_error() -> None:
    assert of_policy(POLICY) == []


def test_a_policy_whose_own_target_leaves_out_every_role_lets_nobody_do_a_step() -> None:
    permits = rule("Permit", target(one(ROLE, "priv")))

    assert of_policy(policy(permits, target=target(one(ROLE, "priv", "radgiver")))) == []
    assert [f.rule for f in of_policy(policy(permits, target=target(one(ROLE, "radgiver"))))] == ["nobody-may"]


def test_roles_and_actions_of_the_policys_own_target_are_named_too() -> None:
    found = read_policy(policy(rule("Permit"), target=target(one(ROLE, "priv"), one(DO, "read", "write"))))

    assert (roles_named(found), actions_named(found)) == (["priv"], ["read", "write"])
