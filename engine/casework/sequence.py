"""What happens when somebody does case work, and in which order: one list per command, see the engine's own
``engine.workflow.execution.sequence`` for what the shared steps mean."""

from __future__ import annotations

from collections.abc import Mapping

from engine.casework import commands
from engine.casework.steps.drafts import discard_draft
from engine.casework.steps.journal import add_note, read_messages, send_message, set_note_access
from engine.casework.steps.members import require_member
from engine.workflow.execution.commands import Command
from engine.workflow.execution.context import Step
from engine.workflow.execution.sequence import COMMIT, OPEN_CASE_ACT, RECORD_ACT

ADD_NOTE: tuple[Step, ...] = (*OPEN_CASE_ACT, require_member, add_note, discard_draft("note"), *RECORD_ACT)

SET_NOTE_ACCESS: tuple[Step, ...] = (*OPEN_CASE_ACT, require_member, set_note_access, *RECORD_ACT)

SEND_MESSAGE: tuple[Step, ...] = (*OPEN_CASE_ACT, require_member, send_message, discard_draft("message"), *RECORD_ACT)

READ_MESSAGES: tuple[Step, ...] = (read_messages, COMMIT)  # of a person, and of no single case

SEQUENCES: Mapping[type[Command], tuple[Step, ...]] = {
    commands.AddNote: ADD_NOTE,
    commands.SetNoteAccess: SET_NOTE_ACCESS,
    commands.SendMessage: SEND_MESSAGE,
    commands.ReadMessages: READ_MESSAGES,
}
