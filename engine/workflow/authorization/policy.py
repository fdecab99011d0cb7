"""``policy.xml`` → rules. The subset of XACML 3.0 that Altinn app policies use; the rest is refused by name.

Every element, attribute, function, algorithm and data type that is not evaluated here is a ``Violation`` with its
XACML name and line: a policy that is read in part may permit what it must not (D28). ``docs/process-authors.md``
has the table of what is evaluated.

What the standard leaves to us, and what we do:

- Altinn writes the login level as an obligation whose assignment has the category
  ``urn:altinn:minimum-authenticationlevel``; that is ``Policy.level``, asked of everybody. The variant ``…-org`` is
  Altinn's level for those who act for an organisation. Here that is whoever is logged in for an office, and they meet
  both: the higher of the two counts. Where several obligations name a level, the highest counts.
- XACML compares strings as they are. No attribute of a request begins or ends with white space, so a value that does
  could never match and a rule that denies would never deny: such a value is refused, neither trimmed nor kept.
- An attribute that no request has is an empty bag: with ``MustBePresent="false"`` the match is false. In a rule that
  permits this permits nobody; in a rule that denies it would deny nobody, so there it is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from lxml import etree

from engine.workflow.bpmn.xml import BpmnSyntaxError, read_xml

NAMESPACE = "urn:oasis:names:tc:xacml:3.0:core:schema:wd-17"
X = f"{{{NAMESPACE}}}"
SUBJECT = "urn:oasis:names:tc:xacml:1.0:subject-category:access-subject"
RESOURCE = "urn:oasis:names:tc:xacml:3.0:attribute-category:resource"
ACTION = "urn:oasis:names:tc:xacml:3.0:attribute-category:action"
ENVIRONMENT = "urn:oasis:names:tc:xacml:3.0:attribute-category:environment"
#: The name in a violation of the file as a whole: it is not there, or is not XML.
FILE = "policy.xml"
ROLE_CODE = "urn:altinn:rolecode"
ORG = "urn:altinn:org"
APP = "urn:altinn:app"
TASK = "urn:altinn:task"
ACTION_ID = "urn:oasis:names:tc:xacml:1.0:action:action-id"
#: What the requests of this engine hold; an attribute outside is always an empty bag.
REQUESTED = {(SUBJECT, ROLE_CODE), (RESOURCE, ORG), (RESOURCE, APP), (RESOURCE, TASK), (ACTION, ACTION_ID)}

_EQUAL = "urn:oasis:names:tc:xacml:1.0:function:string-equal"
_EQUAL_FOLDED = "urn:oasis:names:tc:xacml:3.0:function:string-equal-ignore-case"
_STRING = "http://www.w3.org/2001/XMLSchema#string"
_INTEGER = "http://www.w3.org/2001/XMLSchema#integer"
#: Algorithms that agree with ``pdp.decide`` as long as no rule can be Indeterminate, which none of ours can.
_DENY_OVERRIDES = {
    "urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides",
    "urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:ordered-deny-overrides",
    "urn:oasis:names:tc:xacml:1.0:rule-combining-algorithm:deny-overrides",
    "urn:oasis:names:tc:xacml:1.1:rule-combining-algorithm:ordered-deny-overrides",
}
_LEVEL = "urn:altinn:minimum-authenticationlevel"
_LEVEL_OF_ORGANISATION = "urn:altinn:minimum-authenticationlevel-org"
_OBLIGATION = "urn:altinn:obligation"
_SCHEMA_LOCATION = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
_SPACE = " \t\r\n"
_MANY = 1_000_000


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing in a policy that is not evaluated. ``name`` is XACML's own, ``line`` is 0 when unknown."""

    line: int
    name: str
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}" if self.line else self.message


class PolicyError(Exception):
    """The policy cannot be read, or not all of it is evaluated. ``violations`` are all there are, by line."""

    def __init__(self, *violations: Violation) -> None:
        super().__init__("; ".join(map(str, violations)))
        self.violations = violations


@dataclass(frozen=True, slots=True)
class Match:
    """One attribute of the request must have this value."""

    category: str
    attribute: str
    value: str
    folded: bool

    @property
    def is_requested(self) -> bool:
        """Whether a request of ours ever has the attribute; else this never holds."""
        return (self.category, self.attribute) in REQUESTED


#: Every group of alternatives must hold; an alternative holds when all its matches do. Empty = always.
Target = tuple[tuple[tuple[Match, ...], ...], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """effect: ``Permit`` or ``Deny``, where the target holds."""

    id: str
    effect: str
    target: Target


@dataclass(frozen=True, slots=True)
class Policy:
    """Rules, which hold where the policy's own target does, and the lowest login levels a permit asks for, 0 when none.

    level               of everybody
    organisation_level  of whoever acts for an organisation, besides
    """

    id: str
    rules: tuple[Rule, ...]
    level: int
    target: Target = ()
    organisation_level: int = 0

    def level_of(self, *, for_organisation: bool) -> int:
        """The lowest login level of a person, who acts for an organisation or for themselves."""
        return max(self.level, self.organisation_level) if for_organisation else self.level

    @property
    def matches(self) -> Iterator[Match]:
        """Every match of the policy's target and of its rules'."""
        for target in (self.target, *(rule.target for rule in self.rules)):
            for group in target:
                for alternative in group:
                    yield from alternative


def policy_of(files: Mapping[str, bytes]) -> Policy:
    """The policy among the files of a bundle. Raises ``PolicyError``, also where there is none."""
    if "policy.xml" not in files:
        raise PolicyError(Violation(0, FILE, "policy.xml is missing"))
    return read_policy(files["policy.xml"])


@lru_cache(maxsize=256)
def read_policy(data: bytes) -> Policy:
    """Read one policy. Raises ``PolicyError`` with everything in it that is not evaluated."""
    try:
        root = read_xml(data)
    except BpmnSyntaxError as error:
        raise PolicyError(Violation(error.line, FILE, error.message)) from None
    found = [*_violations(root)]
    if found:
        raise PolicyError(*sorted(found, key=lambda violation: violation.line))
    rules = tuple(
        Rule(node.get("RuleId", ""), node.get("Effect", ""), _target(node)) for node in root.findall(f"{X}Rule")
    )
    return Policy(
        root.get("PolicyId", ""), rules, _level(root, _LEVEL), _target(root), _level(root, _LEVEL_OF_ORGANISATION)
    )


def _target(holder: etree._Element) -> Target:
    return tuple(
        tuple(tuple(_match(m) for m in all_of.findall(f"{X}Match")) for all_of in any_of.findall(f"{X}AllOf"))
        for any_of in holder.findall(f"{X}Target/{X}AnyOf")
    )


def _match(node: etree._Element) -> Match:
    designator = node.find(f"{X}AttributeDesignator")
    assert designator is not None
    return Match(
        designator.get("Category", ""),
        designator.get("AttributeId", ""),
        node.findtext(f"{X}AttributeValue") or "",
        node.get("MatchId") == _EQUAL_FOLDED,
    )


def _level(root: etree._Element, category: str) -> int:
    """The highest level that an obligation of this category names, 0 when none does."""
    assignments = root.iter(f"{X}AttributeAssignmentExpression")
    return max(
        (int(a.findtext(f"{X}AttributeValue") or 0) for a in assignments if a.get("Category") == category), default=0
    )


@dataclass(frozen=True, slots=True)
class _Shape:
    """What an element may hold: attributes (all of them required), children with how many at least and at most."""

    attributes: tuple[str, ...] = ()
    children: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    has_text: bool = False


_SHAPES: Mapping[str, _Shape] = {
    "Policy": _Shape(
        ("PolicyId", "Version", "RuleCombiningAlgId"),
        {"Description": (0, 1), "Target": (1, 1), "Rule": (0, _MANY), "ObligationExpressions": (0, 1)},
    ),
    "Description": _Shape(has_text=True),
    "Rule": _Shape(("RuleId", "Effect"), {"Description": (0, 1), "Target": (0, 1)}),
    "Target": _Shape(children={"AnyOf": (0, _MANY)}),
    "AnyOf": _Shape(children={"AllOf": (1, _MANY)}),
    "AllOf": _Shape(children={"Match": (1, _MANY)}),
    "Match": _Shape(("MatchId",), {"AttributeValue": (1, 1), "AttributeDesignator": (1, 1)}),
    "AttributeValue": _Shape(("DataType",), has_text=True),
    "AttributeDesignator": _Shape(("Category", "AttributeId", "DataType", "MustBePresent")),
    "ObligationExpressions": _Shape(children={"ObligationExpression": (1, _MANY)}),
    "ObligationExpression": _Shape(("ObligationId", "FulfillOn"), {"AttributeAssignmentExpression": (1, _MANY)}),
    "AttributeAssignmentExpression": _Shape(("AttributeId", "Category"), {"AttributeValue": (1, 1)}),
}


def _violations(root: etree._Element) -> Iterator[Violation]:
    if root.tag != f"{X}Policy":
        message = f"the root element is {root.tag}, and only a Policy of XACML 3.0 ({NAMESPACE}) is evaluated"
        yield Violation(root.sourceline or 0, etree.QName(root).localname, message)
        return
    yield from _conform(root)


def _conform(node: etree._Element) -> Iterator[Violation]:
    """The shape of an element, the values in it, and so on downwards. What is not known is not looked into."""
    name = etree.QName(node).localname
    shape = _SHAPES[name]
    for attribute in shape.attributes:
        if node.get(attribute) is None:
            yield _violation(node, attribute, f"{name} has no {attribute}")
    for attribute in node.attrib:
        if attribute not in shape.attributes and attribute != _SCHEMA_LOCATION:
            yield _violation(node, str(attribute), f"the attribute {attribute} of {name} is not evaluated")
    if not shape.has_text and any((text or "").strip(_SPACE) for text in (node.text, *(child.tail for child in node))):
        yield _violation(node, name, f"text inside {name} is not evaluated")
    yield from _children(node, name, shape)
    if all(node.get(attribute) is not None for attribute in shape.attributes):
        for offending, why in _values(node, name):
            yield _violation(node, offending, why)


def _children(node: etree._Element, name: str, shape: _Shape) -> Iterator[Violation]:
    counts = dict.fromkeys(shape.children, 0)
    for child in node:
        tag = etree.QName(child)
        if tag.namespace != NAMESPACE or tag.localname not in counts:
            shown = tag.localname if tag.namespace == NAMESPACE else str(child.tag)
            yield _violation(child, shown, f"{shown} in {name} is not evaluated")
            continue
        counts[tag.localname] += 1
        if counts[tag.localname] > shape.children[tag.localname][1]:
            yield _violation(child, tag.localname, f"a second {tag.localname} in {name} is not evaluated")
        yield from _conform(child)
    for child_name, (least, _) in shape.children.items():
        if counts[child_name] < least:
            yield _violation(node, child_name, f"{name} has no {child_name}")


def _violation(node: etree._Element, name: str, message: str) -> Violation:
    return Violation(node.sourceline or 0, name, message)


def _values(node: etree._Element, name: str) -> Iterator[tuple[str, str]]:
    """Names and messages of the values of an element, whose attributes are all there, that are not evaluated."""
    if name == "Policy" and node.get("RuleCombiningAlgId") not in _DENY_OVERRIDES:
        algorithm = node.get("RuleCombiningAlgId", "")
        yield algorithm, f"the combining algorithm {algorithm} is not evaluated, only deny-overrides is"
    elif name == "Rule" and node.get("Effect") not in ("Permit", "Deny"):
        yield "Effect", f"the Effect {node.get('Effect')!r} of a Rule is neither Permit nor Deny"
    elif name == "Match" and node.get("MatchId") not in (_EQUAL, _EQUAL_FOLDED):
        yield node.get("MatchId", ""), f"the function {node.get('MatchId')} of a Match is not evaluated"
    elif name == "AttributeDesignator":
        yield from _designator(node)
    elif name == "AttributeValue":
        yield from _value(node)
    elif name == "ObligationExpression":
        yield from _obligation(node)
    elif name == "AttributeAssignmentExpression" and node.get("Category") not in (_LEVEL, _LEVEL_OF_ORGANISATION):
        yield node.get("Category", ""), f"the obligation to {node.get('Category')} is not evaluated"


def _designator(node: etree._Element) -> Iterator[tuple[str, str]]:
    category, attribute, kind = node.get("Category", ""), node.get("AttributeId", ""), node.get("DataType", "")
    if category not in (SUBJECT, RESOURCE, ACTION, ENVIRONMENT):
        yield category, f"the Category {category} of an AttributeDesignator is not evaluated"
    elif (category, attribute) not in REQUESTED and _denies(node):
        yield attribute, f"no request has the attribute {attribute} of {category}: the Rule would never deny"
    if kind != _STRING:
        yield kind, f"the DataType {kind} of an AttributeDesignator is not evaluated"
    present = node.get("MustBePresent", "").strip(_SPACE)
    if present.lower() not in ("false", "0"):
        yield "MustBePresent", f'MustBePresent="{present}" of an AttributeDesignator is not evaluated, only "false" is'


def _denies(node: etree._Element) -> bool:
    return any(rule.get("Effect") == "Deny" for rule in node.iterancestors(f"{X}Rule"))


def _value(node: etree._Element) -> Iterator[tuple[str, str]]:
    kind, text = node.get("DataType", ""), node.text or ""
    parent = node.getparent()
    in_match = parent is not None and parent.tag == f"{X}Match"
    if kind != (_STRING if in_match else _INTEGER):
        yield kind, f"the DataType {kind} of an AttributeValue is not evaluated here"
    elif in_match and text != text.strip():
        yield "AttributeValue", f"the AttributeValue {text!r} begins or ends with white space and could never match"
    elif not in_match and re.fullmatch(r"\+?0*[0-4]", text.strip(_SPACE)) is None:
        yield "AttributeValue", f"the AttributeValue {text.strip()!r} is no login level from 0 to 4"


def _obligation(node: etree._Element) -> Iterator[tuple[str, str]]:
    identity = node.get("ObligationId", "")
    if not identity.startswith(_OBLIGATION):
        yield identity, f"the obligation {identity} is not evaluated, only Altinn's login level is"
    if node.get("FulfillOn") != "Permit":
        yield "FulfillOn", f'FulfillOn="{node.get("FulfillOn")}" of an ObligationExpression is not evaluated'
