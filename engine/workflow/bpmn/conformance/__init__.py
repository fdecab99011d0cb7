"""Does a file keep the rules of BPMN 2.0, whether or not we can execute it?

``validator`` asks what the engine can run; this package asks what the standard
allows. Both questions are answered for every file, and kept apart: a
choreography is good BPMN and nothing we run. ``vocabulary`` is the standard's
XML schema as a table, ``schema`` and ``references`` read it; the other modules
hold the constraints that the standard states in words. May import the parser's
names, ``xml`` and ``elements``, nothing else of ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from lxml import etree

from engine.workflow.bpmn.conformance import (
    activities,
    collaboration,
    data,
    events,
    flows,
    gateways,
    imports,
    references,
    schema,
)
from engine.workflow.bpmn.conformance.catalogue import Rule
from engine.workflow.bpmn.conformance.model import Model, local
from engine.workflow.bpmn.elements import Finding

RULES: tuple[Rule, ...] = (
    *schema.RULES,
    *references.RULES,
    *flows.RULES,
    *gateways.RULES,
    *events.RULES,
    *activities.RULES,
    *data.RULES,
    *collaboration.RULES,
)
#: rule number → section of the standard
SECTIONS: dict[str, str] = {number: rule.section for rule in RULES for number in rule.numbers} | {
    imports.RULE: "8.2.2",
    "BPMN.import-namespace": "8.2.2",
}
#: The validator's rules that say of an element what one of these numbers already says.
_SAME = {
    "boundary-on-wrong-host": ("REF.type", "BPMN.boundary-scope"),
    "boundary-without-host": ("REF.existence", "XSD.attribute"),
    "call-without-process": ("REF.existence",),
    "cancel-without-transaction": ("EXT.111",),
    "compensation-without-handler": ("EXT.143",),
    "default-not-outgoing": ("EXT.026", "REF.existence"),
    "error-must-interrupt": ("EXT.110", "EXT.059"),
    "flow-into-start": ("EXT.096", "EXT.112"),
    "flow-out-of-end": ("EXT.104",),
    "handler-in-flow": ("EXT.145",),
    "handler-without-event": ("EXT.058", "EXT.059"),
    "link-without-target": ("EXT.125", "REF.existence"),
    "message-without-name": ("EXT.127", "REF.existence"),
    "multi-instance-without-items": ("EXT.067",),
    "no-way-on": ("EXT.101", "EXT.113"),
    "signal-without-name": ("REF.existence",),
    "two-loops": ("BPMN.loop-twice",),
    "unreachable": ("EXT.107", "EXT.115", "EXT.150"),
}


def conform(root: etree._Element) -> tuple[Finding, ...]:
    """Every breach of the standard in one file, in document order."""
    return check_model(Model(root))


def conform_file(root: etree._Element, file: Path) -> tuple[Finding, ...]:
    """The same, with the files it imports."""
    model = Model(root)
    followed = imports.follow(model, file, check_model)
    return in_order([*check_model(model), *followed])


def check_model(model: Model) -> tuple[Finding, ...]:
    """Every rule on one model. What is no BPMN at all is reported as that alone."""
    rules = RULES if local(model.root) == "definitions" else schema.RULES[:1]
    return in_order(finding for rule in rules for finding in rule.check(model))


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: (finding.line, finding.element, finding.rule)))


def beyond(reported: Iterable[Finding], more: Iterable[Finding]) -> Iterator[Finding]:
    """Those of *more* that *told* has not already said of the same element in other words."""
    known = {(finding.element, finding.rule) for finding in reported}
    for finding in more:
        if not any((finding.element, number) in known for number in (finding.rule, *_SAME.get(finding.rule, ()))):
            yield finding
