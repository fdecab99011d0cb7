"""What happens when somebody who runs the installation asks for something, and in which order."""

from __future__ import annotations

from collections.abc import Mapping

from engine.workflow.execution.commands import Command
from engine.workflow.execution.context import Step
from engine.workflow.execution.sequence import COMMIT, relay_outbox
from engine.workflow.operations import commands
from engine.workflow.operations.steps import (
    check_operator,
    continue_batch,
    reset_breaker,
    start_audit_check,
    start_batch,
    stop_batch,
)
from engine.workflow.runtime import Runtime


def sequences(runtime: Runtime) -> Mapping[type[Command], tuple[Step, ...]]:
    """Every command of operations with its list; their events stand in the system's chain."""
    return {
        commands.ResolveIncidents: (check_operator, start_batch, COMMIT, relay_outbox),
        commands.StopBatch: (check_operator, stop_batch, COMMIT),
        commands.ContinueBatch: (check_operator, continue_batch, COMMIT, relay_outbox),
        commands.ResetBreaker: (check_operator, reset_breaker(runtime), COMMIT, relay_outbox),
        commands.StartAuditCheck: (check_operator, start_audit_check, COMMIT, relay_outbox),
    }
