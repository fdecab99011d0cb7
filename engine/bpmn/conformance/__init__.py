"""Does a file keep the rules of BPMN 2.0, whether or not we can execute it?

``validator`` asks what the engine can run; this package asks what the standard
allows. Both questions are answered for every file, and kept apart: a
choreography is good BPMN and nothing we run. May import the parser's names
and ``elements``, nothing else of ours.
"""

from __future__ import annotations

from lxml import etree

from engine.bpmn.conformance import data, events, flows, schema
from engine.bpmn.conformance.model import Model
from engine.bpmn.elements import Finding

RULES = (*schema.RULES, *events.RULES, *flows.RULES, *data.RULES)


def conform(root: etree._Element) -> tuple[Finding, ...]:
    """Every breach of the standard, in document order, each one an error."""
    model = Model(root)
    found = [finding for rule in RULES for finding in rule(model)]
    return tuple(sorted(found, key=lambda finding: (finding.line, finding.element, finding.rule)))
