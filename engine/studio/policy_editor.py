"""Access to a step that was put in: a rule of the bundle's policy that lets a role do it."""

from __future__ import annotations

from lxml import etree

from engine.studio.bpmn_editor import EditRefused, Files
from engine.workflow.bpmn.xml import read_xml

XACML = "{urn:oasis:names:tc:xacml:3.0:core:schema:wd-17}"
_FOLDED = "urn:oasis:names:tc:xacml:3.0:function:string-equal-ignore-case"
_STRING = "http://www.w3.org/2001/XMLSchema#string"
_CATEGORY = "urn:oasis:names:tc:xacml:3.0:attribute-category"


def allow(files: Files, element_id: str, role: str, key: str = "") -> dict[str, bytes]:
    """A rule of the policy that lets *role* do the step. *key* is the process; else the one the policy names."""
    if "policy.xml" not in files:
        raise EditRefused("edit.no_policy")
    root = read_xml(files["policy.xml"])
    app = next(iter(root.xpath("//*[local-name()='AttributeDesignator'][@AttributeId='urn:altinn:app']")), None)
    key = key or (app.getparent().findtext(f"{XACML}AttributeValue") if app is not None else "")
    return _with(files, root, rule_for(element_id, role, key or "", ["read", "write", "confirm"]))


def let_read(files: Files, role: str, key: str) -> dict[str, bytes]:
    """A rule of the policy that lets *role* read every step of the process *key*."""
    return _with(files, read_xml(files["policy.xml"]), rule_for("", role, key, ["read"]))


def _with(files: Files, root: etree._Element, rule: etree._Element) -> dict[str, bytes]:
    """The files with one rule more."""
    rules = root.findall(f"{XACML}Rule")
    if rules:
        rules[-1].addnext(rule)  # the schema has obligations after the rules
    else:
        root.append(rule)
    etree.indent(root, space="  ")
    return {**files, "policy.xml": etree.tostring(root, xml_declaration=True, encoding="UTF-8")}


def rule_for(element_id: str, role: str, key: str, actions: list[str], effect: str = "Permit") -> etree._Element:
    """One rule: this role, this step ("" = each of them), these actions."""
    verb = "does" if effect == "Permit" else "does not do"
    identity = f"urn:ibalanse:rule:{element_id or 'case'}:{role}:{effect.lower()}"
    rule = etree.Element(f"{XACML}Rule", RuleId=identity, Effect=effect)
    etree.SubElement(rule, f"{XACML}Description").text = (
        f"{role} {verb} {element_id}" if element_id else f"{role} reads the case"
    )
    target = etree.SubElement(rule, f"{XACML}Target")
    for values, attribute, category in (
        ([role], "urn:altinn:rolecode", "urn:oasis:names:tc:xacml:1.0:subject-category:access-subject"),
        ([key], "urn:altinn:app", f"{_CATEGORY}:resource"),
        *([([element_id], "urn:altinn:task", f"{_CATEGORY}:resource")] if element_id else ()),
        (actions, "urn:oasis:names:tc:xacml:1.0:action:action-id", f"{_CATEGORY}:action"),
    ):
        group = etree.SubElement(target, f"{XACML}AnyOf")
        for value in values:
            match = etree.SubElement(etree.SubElement(group, f"{XACML}AllOf"), f"{XACML}Match", MatchId=_FOLDED)
            etree.SubElement(match, f"{XACML}AttributeValue", DataType=_STRING).text = value
            etree.SubElement(
                match,
                f"{XACML}AttributeDesignator",
                AttributeId=attribute,
                Category=category,
                DataType=_STRING,
                MustBePresent="false",
            )
    return rule
