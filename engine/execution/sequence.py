"""What happens, in which order, and where the database commits: one list per command.

Everything before ``COMMIT`` is one database transaction. What comes after may
run twice or not at all: the rows of due work are the truth, the bell only
saves waiting.

This is the place to look first. Where a token goes next is in the diagram
(``navigator``), what an element does in ``behaviours``, whether a change of
state is allowed in ``lifecycle``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.execution import commands
from engine.execution.context import Context
from engine.execution.steps.closing import (
    enter_stages,
    tell_outcome,
    update_case,
    write_audit,
    write_rows,
)
from engine.execution.steps.incidents import raise_incident, raise_stuck, resolve_incident
from engine.execution.steps.locking import (
    lock_case,
    lock_failed_work,
    lock_incident,
    lock_instance,
    lock_task,
    lock_work,
    task_is_open,
)
from engine.execution.steps.messages import accept_message, accept_signal, pass_on, tell_signal
from engine.execution.steps.starting import begin_by_timer, create_instance, keep_start_data, take_start_event
from engine.execution.steps.tasks import (
    assign,
    check_access,
    claim,
    end_task,
    release,
    run_ending_hook,
    save_data,
    take_outgoing_flows,
    unlock_task_data,
    validate_task_data,
)
from engine.execution.steps.work import (
    cancel_case,
    finish_job,
    fire_timer,
    throw_error,
    write_effect,
)

Step = Callable[[Context], None]


def COMMIT(_: Context) -> None:
    """The transaction ends here; ``dispatch`` stops at this line."""


def relay_outbox(_: Context) -> None:
    """Ring the bell for the workers; ``dispatch`` does it after the commit."""


CLOSING: tuple[Step, ...] = (
    enter_stages,  # the case's stages; a guard may refuse the whole command
    update_case,  # number, stage, who waits for whom
    write_audit,  # one chained event
    tell_outcome,
    write_rows,  # live element instances, tasks, due work, subscriptions, incidents: sent together
    COMMIT,  # all of the above is one database transaction
    relay_outbox,  # the bell: jobs and notices are retried alone and never undo the case
)

START_INSTANCE: tuple[Step, ...] = (
    create_instance,
    keep_start_data,
    take_start_event,
    unlock_task_data,
    *CLOSING,
)

COMPLETE_TASK: tuple[Step, ...] = (
    lock_task,  # one writer per case, so what is judged is what is changed
    check_access,  # may this actor do this on this task, now?
    task_is_open,  # somebody was faster? says who
    validate_task_data,  # faults stop here and nothing has changed
    save_data,
    run_ending_hook,  # at most one handler per task
    end_task,  # the task is completed and its data locked
    take_outgoing_flows,  # gateways and events until every token rests
    unlock_task_data,  # a task entered again may be filled in again
    *CLOSING,
)

SAVE_TASK_DATA: tuple[Step, ...] = (lock_task, check_access, task_is_open, save_data, COMMIT)

CLAIM_TASK: tuple[Step, ...] = (
    lock_task,
    check_access,
    task_is_open,
    claim,
    write_audit,
    tell_outcome,
    write_rows,
    COMMIT,
)

RELEASE_TASK: tuple[Step, ...] = (
    lock_task,
    check_access,
    task_is_open,
    release,
    write_audit,
    tell_outcome,
    write_rows,
    COMMIT,
)

ASSIGN_TASK: tuple[Step, ...] = (
    lock_task,
    check_access,
    task_is_open,
    assign,
    write_audit,
    tell_outcome,
    write_rows,
    COMMIT,
)

FINISH_JOB: tuple[Step, ...] = (lock_work, write_effect, finish_job, unlock_task_data, *CLOSING)

THROW_ERROR: tuple[Step, ...] = (lock_work, write_effect, throw_error, unlock_task_data, *CLOSING)

RAISE_INCIDENT: tuple[Step, ...] = (lock_failed_work, raise_incident, *CLOSING)

RAISE_STUCK: tuple[Step, ...] = (lock_instance, raise_stuck, *CLOSING)

FIRE_TIMER: tuple[Step, ...] = (lock_work, fire_timer, unlock_task_data, *CLOSING)

BEGIN_BY_TIMER: tuple[Step, ...] = (begin_by_timer, unlock_task_data, *CLOSING)

CORRELATE_MESSAGE: tuple[Step, ...] = (accept_message, unlock_task_data, *CLOSING)

BROADCAST_SIGNAL: tuple[Step, ...] = (accept_signal, COMMIT, relay_outbox)

PASS_ON: tuple[Step, ...] = (pass_on, unlock_task_data, *CLOSING)

TELL_SIGNAL: tuple[Step, ...] = (lock_work, tell_signal, unlock_task_data, *CLOSING)

CANCEL_CASE: tuple[Step, ...] = (lock_case, cancel_case, *CLOSING)

RESOLVE_INCIDENT: tuple[Step, ...] = (lock_incident, resolve_incident, unlock_task_data, *CLOSING)

SEQUENCES: Mapping[type, tuple[Step, ...]] = {
    commands.StartInstance: START_INSTANCE,
    commands.CompleteTask: COMPLETE_TASK,
    commands.SaveTaskData: SAVE_TASK_DATA,
    commands.ClaimTask: CLAIM_TASK,
    commands.ReleaseTask: RELEASE_TASK,
    commands.AssignTask: ASSIGN_TASK,
    commands.FinishJob: FINISH_JOB,
    commands.ThrowError: THROW_ERROR,
    commands.RaiseIncident: RAISE_INCIDENT,
    commands.RaiseStuck: RAISE_STUCK,
    commands.FireTimer: FIRE_TIMER,
    commands.BeginByTimer: BEGIN_BY_TIMER,
    commands.CorrelateMessage: CORRELATE_MESSAGE,
    commands.BroadcastSignal: BROADCAST_SIGNAL,
    commands.PassOn: PASS_ON,
    commands.TellSignal: TELL_SIGNAL,
    commands.CancelCase: CANCEL_CASE,
    commands.ResolveIncident: RESOLVE_INCIDENT,
}
