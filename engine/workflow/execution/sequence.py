"""What happens, in which order, and where the database commits: one list per command.

Everything before ``COMMIT`` is one database transaction. What comes after may
run twice or not at all: the rows of due work are the truth, the wake-up only
saves waiting.

This is the place to look first. What a step of a task does is in
``steps/tasks.py``, of another command in its neighbours. Where a token goes next
is in the diagram (``navigator``), what an element does in ``behaviours``, whether
a change of state is allowed in ``lifecycle``.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.workflow.execution import commands
from engine.workflow.execution.context import Context, Step
from engine.workflow.execution.steps.assignment import (
    assign,
    assign_new_tasks,
    claim,
    delegate,
    extend,
    give_back,
    pass_deadline,
    pause,
    plan,
    release,
    resume,
)
from engine.workflow.execution.steps.attachments import attach_file, detach_file
from engine.workflow.execution.steps.cases import check_case_access, lock_case_file, require_case_not_suspended
from engine.workflow.execution.steps.incidents import (
    drop_policy_incidents,
    raise_incident,
    raise_policy_incident,
    raise_stuck,
    resolve_incident,
)
from engine.workflow.execution.steps.jobs import cancel_case, finish_job, fire_timer, throw_error, write_effect
from engine.workflow.execution.steps.locks import (
    lock_case,
    lock_failed_work,
    lock_incident,
    lock_instance,
    lock_task,
    lock_work,
    require_not_suspended,
    require_open,
)
from engine.workflow.execution.steps.messages import accept_message, accept_signal, deliver_signal, pass_on
from engine.workflow.execution.steps.migration import (
    listen_anew,
    migrate_rows,
    report_migration,
    reread_policy,
    restore_rows,
    validate_migration,
    validate_undo,
)
from engine.workflow.execution.steps.modification import cancel_tokens, report_tokens, start_tokens, validate_scopes
from engine.workflow.execution.steps.recording import (
    build_outcome,
    enter_stages,
    update_case,
    write_audit,
    write_rows,
)
from engine.workflow.execution.steps.start import (
    begin_by_timer,
    create_instance,
    may_start,
    save_start_data,
    trigger_start_event,
)
from engine.workflow.execution.steps.suspension import (
    check_operator,
    deliver_buffered,
    drop_held,
    resume_case,
    suspend_case,
)
from engine.workflow.execution.steps.tasks import (
    check_access,
    check_registration,
    end_task,
    note_registration,
    require_available,
    require_seen_data,
    run_ending_hook,
    save_data,
    take_outgoing_flows,
    unlock_task_data,
    validate_task_data,
)


def COMMIT(_: Context) -> None:
    """The transaction ends here: ``dispatch`` commits once the list is through, and what follows comes after it."""


def relay_outbox(_: Context) -> None:
    """Notify the workers; ``dispatch`` does it after the commit."""


CLOSING: tuple[Step, ...] = (
    enter_stages,  # the case's stages; a guard may refuse the whole command
    update_case,  # number, stage, who waits for whom
    assign_new_tasks,  # whoever has the case has its tasks
    write_audit,  # one chained event
    build_outcome,
    write_rows,  # live element instances, tasks, due work, subscriptions, incidents: sent together
    COMMIT,  # all of the above is one database transaction
    relay_outbox,  # the wake-up: jobs and notices are retried alone and never undo the case
)

CASE_ACT: tuple[Step, ...] = (
    lock_case_file,  # one writer per case, also when it is closed
    check_case_access,  # what the command's class asks the policy for
)

OPEN_CASE_ACT: tuple[Step, ...] = (*CASE_ACT, require_case_not_suspended)

RECORD_ACT: tuple[Step, ...] = (
    write_audit,  # one chained event where the act set one
    write_rows,
    COMMIT,
    relay_outbox,
)

START_INSTANCE: tuple[Step, ...] = (
    create_instance,
    may_start,  # one's own; for another only where the policy says so
    save_start_data,
    trigger_start_event,
    unlock_task_data,
    *CLOSING,
)

COMPLETE_TASK: tuple[Step, ...] = (
    lock_task,  # one writer per case, so what is checked is what is changed
    check_access,  # may this actor do this on this task, now?
    require_open,  # somebody was faster? says who
    require_not_suspended,  # nothing is done in a suspended case
    require_available,  # not in a pause, and nobody else has it
    require_seen_data,  # another has filled in the same form? shows what is stored
    validate_task_data,  # errors stop here and nothing has changed
    save_data,
    run_ending_hook,  # at most one handler per task
    end_task,  # the task is completed and its data locked
    take_outgoing_flows,  # gateways and events until every token rests
    unlock_task_data,  # a task entered again may be filled in again
    *CLOSING,
)

COMPLETE_ON_BEHALF: tuple[Step, ...] = (
    lock_task,
    check_registration,  # a task of the citizen's, which the policy lets this actor register
    *COMPLETE_TASK[2 : -len(CLOSING)],
    note_registration,  # how the answer came, beside who wrote it down
    *CLOSING,
)

SAVE_TASK_DATA: tuple[Step, ...] = (
    lock_task,
    check_access,
    require_open,
    require_available,
    require_seen_data,
    save_data,
    COMMIT,
)

TASK: tuple[Step, ...] = (
    lock_task,
    check_access,
    require_open,
    require_not_suspended,
)

RECORD_AND_COMMIT: tuple[Step, ...] = (
    write_audit,
    build_outcome,
    write_rows,
    COMMIT,
)

ATTACH_FILE: tuple[Step, ...] = (*TASK, require_available, attach_file, *RECORD_AND_COMMIT)

DETACH_FILE: tuple[Step, ...] = (*TASK, require_available, detach_file, *RECORD_AND_COMMIT)

CLAIM_TASK: tuple[Step, ...] = (*TASK, claim, *RECORD_AND_COMMIT)

RELEASE_TASK: tuple[Step, ...] = (*TASK, release, *RECORD_AND_COMMIT)

ASSIGN_TASK: tuple[Step, ...] = (*TASK, assign, *RECORD_AND_COMMIT)

DELEGATE_TASK: tuple[Step, ...] = (*TASK, delegate, *RECORD_AND_COMMIT)

GIVE_BACK_TASK: tuple[Step, ...] = (*TASK, give_back, *RECORD_AND_COMMIT)

PAUSE_TASK: tuple[Step, ...] = (*TASK, pause, update_case, *RECORD_AND_COMMIT)

RESUME_TASK: tuple[Step, ...] = (*TASK, resume, update_case, *RECORD_AND_COMMIT, relay_outbox)

PLAN_TASK: tuple[Step, ...] = (*TASK, plan, *RECORD_AND_COMMIT)

EXTEND_TASK: tuple[Step, ...] = (*TASK, extend, update_case, *RECORD_AND_COMMIT, relay_outbox)

PASS_DEADLINE: tuple[Step, ...] = (lock_work, pass_deadline, unlock_task_data, *CLOSING)

FINISH_JOB: tuple[Step, ...] = (lock_work, write_effect, finish_job, unlock_task_data, *CLOSING)

THROW_ERROR: tuple[Step, ...] = (lock_work, write_effect, throw_error, unlock_task_data, *CLOSING)

RAISE_INCIDENT: tuple[Step, ...] = (lock_failed_work, raise_incident, *CLOSING)

RAISE_STUCK: tuple[Step, ...] = (lock_instance, raise_stuck, *CLOSING)

RAISE_POLICY_INCIDENT: tuple[Step, ...] = (lock_instance, raise_policy_incident, *RECORD_AND_COMMIT)

FIRE_TIMER: tuple[Step, ...] = (lock_work, fire_timer, unlock_task_data, *CLOSING)

BEGIN_BY_TIMER: tuple[Step, ...] = (begin_by_timer, unlock_task_data, *CLOSING)

CORRELATE_MESSAGE: tuple[Step, ...] = (accept_message, unlock_task_data, *CLOSING)

BROADCAST_SIGNAL: tuple[Step, ...] = (accept_signal, COMMIT, relay_outbox)

PASS_ON: tuple[Step, ...] = (pass_on, unlock_task_data, *CLOSING)

DELIVER_SIGNAL: tuple[Step, ...] = (lock_work, deliver_signal, unlock_task_data, *CLOSING)

CANCEL_CASE: tuple[Step, ...] = (lock_case, cancel_case, drop_held, drop_policy_incidents, *CLOSING)

SUSPEND_CASE: tuple[Step, ...] = (lock_case, check_operator, suspend_case, *RECORD_AND_COMMIT)

RESUME_CASE: tuple[Step, ...] = (
    lock_case,
    check_operator,
    resume_case,  # held work is due again
    deliver_buffered,  # messages that came meanwhile, oldest first
    unlock_task_data,
    *CLOSING,
)

MODIFY_INSTANCE: tuple[Step, ...] = (
    lock_instance,
    check_operator,
    require_not_suspended,
    cancel_tokens,
    start_tokens,
    validate_scopes,  # refuses what would leave nothing
    unlock_task_data,
    enter_stages,
    update_case,
    assign_new_tasks,
    write_audit,
    build_outcome,
    write_rows,
    report_tokens,  # where everything stands now
    COMMIT,
    relay_outbox,
)

MIGRATE_INSTANCE: tuple[Step, ...] = (
    lock_instance,
    check_operator,
    validate_migration,  # everything that does not fit, at once; nothing has changed
    migrate_rows,  # element instances, tasks, due work, subscriptions, incidents, in place
    listen_anew,  # events only the new version has; messages under new names
    reread_policy,  # the incident of a policy that was not evaluated ends
    unlock_task_data,
    enter_stages,
    update_case,
    assign_new_tasks,
    write_audit,
    build_outcome,
    write_rows,
    report_migration,  # what an undo needs
    COMMIT,
    relay_outbox,
)

UNDO_MIGRATION: tuple[Step, ...] = (
    lock_instance,
    check_operator,
    validate_undo,  # nothing has moved since
    restore_rows,
    *RECORD_AND_COMMIT,
)

RESOLVE_INCIDENT: tuple[Step, ...] = (
    lock_incident,
    require_not_suspended,
    resolve_incident,
    unlock_task_data,
    *CLOSING,
)

SEQUENCES: Mapping[type[commands.Command], tuple[Step, ...]] = {
    commands.StartInstance: START_INSTANCE,
    commands.CompleteTask: COMPLETE_TASK,
    commands.CompleteOnBehalf: COMPLETE_ON_BEHALF,
    commands.SaveTaskData: SAVE_TASK_DATA,
    commands.AttachFile: ATTACH_FILE,
    commands.DetachFile: DETACH_FILE,
    commands.ClaimTask: CLAIM_TASK,
    commands.ReleaseTask: RELEASE_TASK,
    commands.AssignTask: ASSIGN_TASK,
    commands.DelegateTask: DELEGATE_TASK,
    commands.GiveBackTask: GIVE_BACK_TASK,
    commands.PauseTask: PAUSE_TASK,
    commands.ResumeTask: RESUME_TASK,
    commands.PlanTask: PLAN_TASK,
    commands.ExtendTask: EXTEND_TASK,
    commands.PassDeadline: PASS_DEADLINE,
    commands.FinishJob: FINISH_JOB,
    commands.ThrowError: THROW_ERROR,
    commands.RaiseIncident: RAISE_INCIDENT,
    commands.RaiseStuck: RAISE_STUCK,
    commands.RaisePolicyIncident: RAISE_POLICY_INCIDENT,
    commands.FireTimer: FIRE_TIMER,
    commands.BeginByTimer: BEGIN_BY_TIMER,
    commands.CorrelateMessage: CORRELATE_MESSAGE,
    commands.BroadcastSignal: BROADCAST_SIGNAL,
    commands.PassOn: PASS_ON,
    commands.DeliverSignal: DELIVER_SIGNAL,
    commands.CancelCase: CANCEL_CASE,
    commands.SuspendCase: SUSPEND_CASE,
    commands.ResumeCase: RESUME_CASE,
    commands.ModifyInstance: MODIFY_INSTANCE,
    commands.MigrateInstance: MIGRATE_INSTANCE,
    commands.UndoMigration: UNDO_MIGRATION,
    commands.ResolveIncident: RESOLVE_INCIDENT,
}
