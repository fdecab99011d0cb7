"""One rule of the standard: where it stands, under which numbers it reports, and the function that keeps it.

``EXT`` numbers are those of the public collection of BPMN 2.0 constraints
(Geiger, BPMN 2.0 Process Model Serialization Constraints, Bamberg 2013), so
that findings can be compared with those of other tools. ``XSD`` rules are the
standard's XML schema, ``REF`` rules its references; ``BPMN`` rules stand in the
standard's text and have no number of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from engine.workflow.bpmn.conformance.model import Model
from engine.workflow.bpmn.elements import Finding


@dataclass(frozen=True, slots=True)
class Rule:
    """One constraint or a few that are checked together. ``section`` is that of BPMN 2.0.2, formal/2013-12-09."""

    section: str
    numbers: tuple[str, ...]
    check: Callable[[Model], Iterator[Finding]]
