"""What one has begun to write, when it has become what it was to be."""

from __future__ import annotations

from engine.casework import drafts
from engine.workflow.execution.context import Context, Step


def discard_draft(kind: str) -> Step:
    """The step that discards the actor's own draft of a kind, see ``engine.casework.drafts``."""

    def discard(ctx: Context) -> None:
        drafts.throw_away(ctx.connection, ctx.case_id, ctx.actor.person_id, kind)

    return discard
