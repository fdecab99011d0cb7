"""Policies of few rules, for what is asked of one."""

from __future__ import annotations

from lxml import etree

from engine.studio.policy_editor import rule_for
from engine.workflow.bpmn.xml import read_xml
from engine.workflow.definitions.bundle import Bundle


def with_rules(bundle: Bundle, *rules: tuple[str, str, list[str]]) -> Bundle:
    """The bundle where only these rules permit: each is (role, step, actions)."""
    root = read_xml(bundle.files["policy.xml"])
    for rule in root.findall("{*}Rule"):
        root.remove(rule)
    for number, (role, step, actions) in enumerate(rules):
        made = rule_for(step, role, bundle.key, actions)
        made.set("RuleId", f"rule:{number}")
        root.insert(1 + number, made)
    return Bundle(bundle.key, {**bundle.files, "policy.xml": etree.tostring(root)})
