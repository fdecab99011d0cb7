"""The order of steps is a promise: this test is the second place it is written."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from dataclasses import is_dataclass

from engine.advice.commands import StopSharing, WithdrawConsent
from engine.application import Application
from engine.studio import sequence as studio_sequence
from engine.workflow.execution import commands, sequence
from engine.workflow.execution.commands import DeliverSignal, PassOn, name_of
from engine.workflow.execution.dispatch import digest

#: What is the person's own to end, whatever the journey's policy says: command → what is asked instead.
WAYS_OUT = {WithdrawConsent: "check_consent_access", StopSharing: "check_share_access"}


def names(steps: tuple[sequence.Step, ...]) -> list[str]:
    return [step.__name__ for step in steps]


def commands_of(base: type[commands.Command]) -> Iterator[type[commands.Command]]:
    """The commands of every room that is loaded: the kinds of *base* that can be sent."""
    for kind in base.__subclasses__():
        module = sys.modules[kind.__module__]
        if getattr(module, kind.__name__, None) is not kind or module.__name__.startswith("tests."):
            continue  # what a class was before it got its slots
        if is_dataclass(kind):
            yield kind
        yield from commands_of(kind)


def test_every_act_on_a_case_locks_it_and_asks_the_policy_first(application: Application) -> None:
    for command in commands_of(commands.CaseCommand):
        steps = names(application.dispatch.sequences[command])
        assert steps[0] == "lock_case_file", command
        assert steps[1] == "check_case_access" or command in WAYS_OUT, command


def test_the_ways_out_ask_only_whether_it_is_ones_own(application: Application) -> None:
    for command, check in WAYS_OUT.items():
        assert names(application.dispatch.sequences[command])[:2] == ["lock_case_file", check], command


def test_completing_a_task_locks_before_it_judges_and_audits_before_it_commits() -> None:
    assert names(sequence.COMPLETE_TASK) == [
        "lock_task",
        "check_access",
        "require_open",
        "require_not_suspended",
        "require_available",
        "require_seen_data",
        "validate_task_data",
        "save_data",
        "run_ending_hook",
        "end_task",
        "take_outgoing_flows",
        "unlock_task_data",
        "enter_stages",
        "update_case",
        "assign_new_tasks",
        "write_audit",
        "build_outcome",
        "write_rows",
        "COMMIT",
        "relay_outbox",
    ]


def test_every_command_has_a_sequence_that_commits_once(application: Application) -> None:
    """Of every room: what the application hands its door, and what the studio adds to it."""
    studio_sequence.connect(application)
    assert set(commands_of(commands.Command)) == set(application.dispatch.sequences)
    for command, listed in application.dispatch.sequences.items():
        steps = names(listed)
        assert steps.count("COMMIT") == 1, command
        assert set(steps[steps.index("COMMIT") + 1 :]) <= {"relay_outbox"}, command


def test_every_command_on_a_task_asks_the_policy_before_anything_changes() -> None:
    on_tasks = list(commands_of(commands.TaskCommand))
    assert len(on_tasks) == 14
    for command in on_tasks:
        asks = "check_registration" if command is commands.CompleteOnBehalf else "check_access"
        assert names(sequence.SEQUENCES[command])[:2] == ["lock_task", asks], command


def test_every_operation_asks_who_may_before_anything_changes() -> None:
    for command in (
        commands.SuspendCase,
        commands.ResumeCase,
        commands.ModifyInstance,
        commands.MigrateInstance,
        commands.UndoMigration,
    ):
        assert names(sequence.SEQUENCES[command])[1] == "check_operator", command


def test_a_migration_is_judged_whole_before_a_row_changes() -> None:
    assert names(sequence.MIGRATE_INSTANCE)[:5] == [
        "lock_instance",
        "check_operator",
        "validate_migration",
        "migrate_rows",
        "listen_anew",
    ]


def test_a_command_whose_class_was_renamed_keeps_the_name_it_is_stored_and_counted_by() -> None:
    stored = json.dumps(["TellSignal", {"work_id": "w"}])

    assert name_of(DeliverSignal("w")) == "TellSignal"
    assert digest(DeliverSignal("w")) == hashlib.sha256(stored.encode()).hexdigest()
    assert name_of(PassOn("w")) == "PassOn"
