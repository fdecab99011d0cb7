"""Policies for tests, written as XACML 3.0 from their parts."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

XACML = "urn:oasis:names:tc:xacml:3.0:core:schema:wd-17"
DENY_OVERRIDES = "urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides"
EQUAL = "urn:oasis:names:tc:xacml:1.0:function:string-equal"
EQUAL_FOLDED = "urn:oasis:names:tc:xacml:3.0:function:string-equal-ignore-case"
STRING = "http://www.w3.org/2001/XMLSchema#string"
INTEGER = "http://www.w3.org/2001/XMLSchema#integer"
SUBJECT = "urn:oasis:names:tc:xacml:1.0:subject-category:access-subject"
RESOURCE = "urn:oasis:names:tc:xacml:3.0:attribute-category:resource"
ACTION = "urn:oasis:names:tc:xacml:3.0:attribute-category:action"
ROLE = (SUBJECT, "urn:altinn:rolecode")
APP = (RESOURCE, "urn:altinn:app")
ORG = (RESOURCE, "urn:altinn:org")
TASK = (RESOURCE, "urn:altinn:task")
DO = (ACTION, "urn:oasis:names:tc:xacml:1.0:action:action-id")
LEVEL = "urn:altinn:minimum-authenticationlevel"


def match(
    attribute: tuple[str, str] = ROLE,
    value: str = "priv",
    function: str = EQUAL,
    *,
    kind: str = STRING,
    designator: str = 'MustBePresent="false"',
    designator_kind: str = STRING,
) -> str:
    category, identity = attribute
    return (
        f'<Match MatchId="{function}"><AttributeValue DataType="{kind}">{value}</AttributeValue>'
        f'<AttributeDesignator Category="{category}" AttributeId="{identity}" DataType="{designator_kind}" '
        f"{designator}/></Match>"
    )


def all_of(*matches: str) -> str:
    return f"<AllOf>{''.join(matches)}</AllOf>"


def any_of(*alternatives: str) -> str:
    return f"<AnyOf>{''.join(alternatives)}</AnyOf>"


def target(*groups: str) -> str:
    return f"<Target>{''.join(groups)}</Target>"


def one(attribute: tuple[str, str], *values: str, function: str = EQUAL) -> str:
    """A group that holds when the attribute has one of these values."""
    return any_of(*(all_of(match(attribute, value, function)) for value in values))


def rule(effect: str = "Permit", inside: str = "<Target/>", identity: str = "r") -> str:
    return f'<Rule RuleId="{identity}" Effect="{effect}">{inside}</Rule>'


def obligation(
    level: str = "3", category: str = LEVEL, *, kind: str = INTEGER, on: str = "Permit", more: str = ""
) -> str:
    return (
        f'<ObligationExpression ObligationId="urn:altinn:obligation:authenticationLevel1" FulfillOn="{on}">'
        f'<AttributeAssignmentExpression AttributeId="urn:altinn:obligation1-assignment1" Category="{category}"{more}>'
        f'<AttributeValue DataType="{kind}">{level}</AttributeValue></AttributeAssignmentExpression>'
        "</ObligationExpression>"
    )


def policy(*inside: str, target: str = "<Target/>", algorithm: str = DENY_OVERRIDES, attributes: str = "") -> bytes:
    """A policy with its target first."""
    return (
        f'<Policy xmlns="{XACML}" PolicyId="p" Version="1.0" RuleCombiningAlgId={quoteattr(algorithm)}{attributes}>'
        f"{target}{''.join(inside)}</Policy>"
    ).encode()
