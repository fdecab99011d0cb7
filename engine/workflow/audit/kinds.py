"""Kinds of events in the audit trail: what happened, as objects that writer, reader and text share.

Each room above has an enumeration of its own beside this one, made of the same base. The value is what is stored
and what the hash of the chain is made of: it never changes, whatever the member is called.
"""

from __future__ import annotations

from enum import StrEnum


class EventKind(StrEnum):
    """The kind of one event. Without members: ``chain.append`` takes it, the rooms say which there are."""


class WorkflowEvent(EventKind):
    """What happens in any case: its life, tasks, files, jobs, timers, messages, incidents and moves by hand."""

    CASE_STARTED = "CaseStarted"
    CASE_CANCELLED = "CaseCancelled"
    CASE_SUSPENDED = "CaseSuspended"
    CASE_RESUMED = "CaseResumed"
    CASE_IMPORTED = "CaseImported"
    CASE_PURGED = "CasePurged"

    TASK_COMPLETED = "TaskCompleted"
    TASK_REGISTERED = "TaskRegistered"
    TASK_CLAIMED = "TaskClaimed"
    TASK_RELEASED = "TaskReleased"
    TASK_ASSIGNED = "TaskAssigned"
    TASK_DELEGATED = "TaskDelegated"
    TASK_GIVEN_BACK = "TaskGivenBack"
    TASK_PAUSED = "TaskPaused"
    TASK_RESUMED = "TaskResumed"
    TASK_PLANNED = "TaskPlanned"
    TASK_EXTENDED = "TaskExtended"
    DEADLINE_NEAR = "DeadlineNear"
    DEADLINE_PASSED = "DeadlinePassed"

    FILE_ATTACHED = "FileAttached"
    FILE_DETACHED = "FileDetached"
    SIGNED = "Signed"
    SIGNATURE_REFUSED = "SignatureRefused"

    JOB_FINISHED = "JobFinished"
    ERROR_THROWN = "ErrorThrown"
    TIMER_FIRED = "TimerFired"
    MESSAGE_RECEIVED = "MessageReceived"
    SIGNAL_RECEIVED = "SignalReceived"

    INCIDENT_RAISED = "IncidentRaised"
    INCIDENT_RESOLVED = "IncidentResolved"
    INSTANCE_MODIFIED = "InstanceModified"
    INSTANCE_MIGRATED = "InstanceMigrated"
    INSTANCE_MIGRATION_UNDONE = "InstanceMigrationUndone"


class OperationsEvent(EventKind):
    """What operators do; these stand in the chain of no case."""

    AUDIT_CHECK_ASKED = "AuditCheckAsked"
    BATCH_CREATED = "BatchCreated"
    BREAKER_RESET = "BreakerReset"
    TRAIL_PURGED = "TrailPurged"
