"""What this engine executes, as the validator asks."""

from __future__ import annotations

from engine.workflow.bpmn.validator import Capabilities
from engine.workflow.execution.behaviours import BEHAVIOUR_BY_TYPE, EVENT_KINDS

CAPABILITIES = Capabilities(frozenset(BEHAVIOUR_BY_TYPE), EVENT_KINDS)
