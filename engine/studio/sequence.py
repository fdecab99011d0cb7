"""What happens when a process is changed in the studio, and in which order: one list per command.

The engine's own ``engine.workflow.execution.sequence`` says what the shared steps mean.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.application import Application
from engine.studio import commands
from engine.studio.capabilities import ReadOffer, offer_reader
from engine.studio.steps.drafts import begin, discard, edit, lock_draft, propose, require_seen, undo
from engine.studio.steps.migration import (
    lock_batch,
    move_cases,
    require_version,
    revert_move,
    try_move,
)
from engine.studio.steps.publishing import (
    deploy,
    require_faultless,
    require_scenarios,
    require_second_person,
)
from engine.studio.steps.publishing import move_cases as move_to_published
from engine.studio.steps.recording import check_access, write_audit
from engine.studio.steps.settings import agree_to_key, clear_requests, enter_key, remove_key, set_office_areas, set_rule
from engine.workflow.execution.commands import Command
from engine.workflow.execution.context import Step
from engine.workflow.execution.sequence import COMMIT, relay_outbox

EDIT_DRAFT: tuple[Step, ...] = (
    lock_draft,  # one writer per draft, so what is checked is what is changed
    check_access,  # administrators only
    edit,  # the change as a pure function; what a colleague changed meanwhile is never written over
    write_audit,  # one event in the system's chain
    COMMIT,
)

#: What is about the draft as a whole asks that all of it was seen.
WHOLE_DRAFT: tuple[Step, ...] = (lock_draft, check_access, require_seen)

BEGIN_DRAFT: tuple[Step, ...] = (check_access, begin, write_audit, COMMIT)

UNDO_DRAFT: tuple[Step, ...] = (*WHOLE_DRAFT, undo, write_audit, COMMIT)

DISCARD_DRAFT: tuple[Step, ...] = (*WHOLE_DRAFT, discard, write_audit, COMMIT)

PROPOSE_DRAFT: tuple[Step, ...] = (*WHOLE_DRAFT, propose, write_audit, COMMIT)

SET_STUDIO_SETTING: tuple[Step, ...] = (check_access, set_rule, write_audit, clear_requests, write_audit, COMMIT)

BEGIN_BATCH: tuple[Step, ...] = (check_access, require_version)

BATCH: tuple[Step, ...] = (lock_batch, check_access)


def publish_draft(read_offer: ReadOffer) -> tuple[Step, ...]:
    """The list of publishing, where a draft is checked by what *read_offer* reads."""
    return (
        *WHOLE_DRAFT,
        require_faultless(read_offer),
        require_scenarios,  # those that must hold were seen to
        require_second_person,  # where two must agree
        deploy,  # the next version; cases that begin from now on are of it
        move_to_published,  # those that run follow, where that was chosen
        discard,
        write_audit,
        COMMIT,
        relay_outbox,  # start timers and the batch
    )


def sequences(read_offer: ReadOffer) -> Mapping[type[Command], tuple[Step, ...]]:
    """Every command of the studio with its list."""
    return {
        commands.EditDraft: EDIT_DRAFT,
        commands.MergeDraft: EDIT_DRAFT,
        commands.SaveScenario: EDIT_DRAFT,
        commands.RemoveScenario: EDIT_DRAFT,
        commands.BeginDraft: BEGIN_DRAFT,
        commands.UndoDraft: UNDO_DRAFT,
        commands.RedoDraft: UNDO_DRAFT,
        commands.DiscardDraft: DISCARD_DRAFT,
        commands.ProposeDraft: PROPOSE_DRAFT,
        commands.PublishDraft: publish_draft(read_offer),
        commands.SetStudioSetting: SET_STUDIO_SETTING,
        commands.SetOfficeAreas: (check_access, set_office_areas, write_audit, COMMIT),
        commands.EnterIssuerKey: (check_access, enter_key, write_audit, COMMIT),
        commands.TrustIssuer: (check_access, agree_to_key, write_audit, COMMIT),
        commands.DistrustIssuer: (check_access, remove_key, write_audit, COMMIT),
        commands.MoveCases: (*BEGIN_BATCH, move_cases, COMMIT, relay_outbox),
        commands.TryMove: (*BEGIN_BATCH, try_move, COMMIT, relay_outbox),
        commands.RevertMove: (*BATCH, revert_move, COMMIT, relay_outbox),
    }


def connect(application: Application) -> None:
    """Let an installation take the studio's commands."""
    application.dispatch.add(sequences(offer_reader(application)))
