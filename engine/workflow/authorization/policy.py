"""``policy.xml`` → rules. The subset of XACML 3.0 that Altinn app policies use."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from engine.workflow.bpmn.xml import read_xml

X = "{urn:oasis:names:tc:xacml:3.0:core:schema:wd-17}"
SUBJECT = "urn:oasis:names:tc:xacml:1.0:subject-category:access-subject"
RESOURCE = "urn:oasis:names:tc:xacml:3.0:attribute-category:resource"
ACTION = "urn:oasis:names:tc:xacml:3.0:attribute-category:action"
ACTION_ID = "urn:oasis:names:tc:xacml:1.0:action:action-id"
_EQUAL = ("function:string-equal",)
_EQUAL_FOLDED = ("function:string-equal-ignore-case",)


class PolicyError(Exception):
    """The policy cannot be read; the text says where."""


@dataclass(frozen=True, slots=True)
class Match:
    """One attribute of the request must have this value."""

    category: str
    attribute: str
    value: str
    folded: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """target: every group of alternatives must hold; an alternative holds when all its matches do."""

    id: str
    effect: str
    target: tuple[tuple[tuple[Match, ...], ...], ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """Rules and the lowest login level a permit asks for (obligation), 0 when none."""

    id: str
    rules: tuple[Rule, ...]
    level: int


@lru_cache(maxsize=256)
def read_policy(data: bytes) -> Policy:
    """Read one policy. Raises ``PolicyError``."""
    root = read_xml(data)
    if root.tag != f"{X}Policy":
        raise PolicyError("the root element is not an XACML 3.0 Policy")
    rules = tuple(
        Rule(node.get("RuleId", ""), node.get("Effect", ""), _target(node)) for node in root.findall(f"{X}Rule")
    )
    level = 0
    for expression in root.iter(f"{X}AttributeAssignmentExpression"):
        if expression.get("Category") == "urn:altinn:minimum-authenticationlevel":
            level = int(expression.findtext(f"{X}AttributeValue", "0"))
    return Policy(root.get("PolicyId", ""), rules, level)


def _target(rule: etree._Element) -> tuple[tuple[tuple[Match, ...], ...], ...]:
    target = rule.find(f"{X}Target")
    if target is None:
        return ()
    return tuple(
        tuple(tuple(_match(m) for m in all_of.findall(f"{X}Match")) for all_of in any_of.findall(f"{X}AllOf"))
        for any_of in target.findall(f"{X}AnyOf")
    )


def _match(node: etree._Element) -> Match:
    function = node.get("MatchId", "")
    if not function.endswith(_EQUAL + _EQUAL_FOLDED):
        raise PolicyError(f"line {node.sourceline}: {function} is not supported")
    designator = node.find(f"{X}AttributeDesignator")
    if designator is None:
        raise PolicyError(f"line {node.sourceline}: a match without attribute designator")
    return Match(
        designator.get("Category", ""),
        designator.get("AttributeId", ""),
        (node.findtext(f"{X}AttributeValue") or "").strip(),
        function.endswith(_EQUAL_FOLDED),
    )
