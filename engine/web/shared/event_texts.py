"""The texts that tell people what happened in a case: from an event's kind to its key, here and nowhere else."""

from __future__ import annotations

from engine.advice import event_kinds as advice
from engine.casework import event_kinds as casework
from engine.casework.event_kinds import CaseworkEvent
from engine.web.shared import view
from engine.web.shared.texts import texts
from engine.workflow.audit.kinds import EventKind
from engine.workflow.audit.rows import EventRow

#: What the short history of a case tells.
SHOWN: tuple[EventKind, ...] = (*casework.SHOWN, *advice.SHOWN)
#: Said otherwise to those who work with the case than to the citizen, who is spoken to.
_OTHERWISE_TO_STAFF: frozenset[str] = frozenset({CaseworkEvent.NOTICE_GIVEN})
#: For a trail that an older or newer version wrote.
UNKNOWN = "event.other"


def text_key(kind: str, staff: bool = False) -> str:
    """The key of the text for an event of this kind."""
    return f"event.{kind}.staff" if staff and kind in _OTHERWISE_TO_STAFF else f"event.{kind}"


def event_text(event: EventRow, staff: bool = False) -> str:
    """What happened, in the reader's language."""
    key, who = text_key(event.kind, staff), view.name_of(event.actor_id)
    if key not in texts("nb"):
        return view.t(UNKNOWN, who=who, kind=event.kind)
    received = event.data.get("received")
    how = view.t(f"received.{received}") if received else ""
    return view.t(key, who=who, task=view.event_task(event), how=how)
