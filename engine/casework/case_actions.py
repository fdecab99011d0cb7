"""What a caseworker does with a case as a whole: take, put back, give, plan, pause, go on.

A case and its open tasks for caseworkers go together: whoever has the case has its tasks.
Each act is one transaction, sends the engine's own commands for the tasks, and leaves one
event with the old and the new in the audit trail. Whatever is not legal raises a ``Refusal``
and changes nothing; ``legal`` says beforehand, for a list, what would be.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from engine.casework import members, notices
from engine.casework.event_kinds import CaseworkEvent
from engine.platform.vault import Vault
from engine.workflow.audit import chain
from engine.workflow.audit.kinds import WorkflowEvent
from engine.workflow.authorization.actor import Actor
from engine.workflow.errors import AlreadyDone, Forbidden, NotPossible, Reason
from engine.workflow.execution.commands import (
    AssignTask,
    ClaimTask,
    ExtendTask,
    PauseTask,
    PlanTask,
    ReleaseTask,
    ResumeTask,
)
from engine.workflow.execution.dispatch import Dispatch
from engine.workflow.execution.models import user_task
from engine.workflow.instances.models import case_file

#: Why a task is in a pause, and whom the case waits for meanwhile.
PAUSES = {"citizen": "citizen", "creditor": "other", "agency": "other", "court": "other", "other": "other"}
ACTS = ("take", "assign", "return", "plan", "pause", "resume")


@dataclass(frozen=True, slots=True)
class Desk:
    """Who does it, through which door, in which transaction, when."""

    dispatch: Dispatch
    connection: Connection
    vault: Vault
    actor: Actor
    now: datetime

    @property
    def office(self) -> str:
        return self.actor.office.orgno if self.actor.office else ""


def legal(case: Any, person_id: str, leads: bool) -> tuple[str, ...]:
    """The acts that are possible with a case as it stands."""
    if case.state != "open":
        return ()
    hers = case.responsible == person_id
    found = ["take"] if case.responsible is None else []
    found += ["assign", "plan"]
    if hers or (leads and case.responsible is not None):
        found.append("return")
    if case.paused_at is not None:
        found.append("resume")
    elif case.waiting_for == "caseworker":
        found.append("pause")
    return tuple(found)


def tasks(connection: Connection, case_id: str) -> Sequence[Row[Any]]:
    """The open tasks of a case that a caseworker does, oldest first."""
    return connection.execute(
        select(user_task)
        .where(
            user_task.c.case_id == case_id,
            user_task.c.performer == "caseworker",
            user_task.c.state.in_(("ready", "claimed")),
        )
        .order_by(user_task.c.created_at)
    ).all()


def _open(case: Any) -> None:
    if case.state != "open":
        raise NotPossible(Reason("", "case-closed", "the case is closed"))


def _give_case(desk: Desk, case: Any, to: str | None) -> None:
    """Change who is responsible, if it still is who we saw."""
    was = case_file.c.responsible == case.responsible if case.responsible else case_file.c.responsible.is_(None)
    done = desk.connection.execute(
        update(case_file).where(case_file.c.id == case.id, case_file.c.state == "open", was).values(responsible=to)
    )
    if done.rowcount != 1:
        holder = desk.connection.execute(select(case_file.c.responsible).where(case_file.c.id == case.id)).scalar()
        raise AlreadyDone(holder or "", None, "taken")


def take(desk: Desk, case: Any) -> None:
    """Become responsible, with the tasks nobody has. Raises ``AlreadyDone`` with the colleague who was faster."""
    _open(case)
    me = desk.actor.person_id
    if case.responsible == me:
        return
    if case.responsible is not None:
        raise AlreadyDone(case.responsible, None, "taken")
    _give_case(desk, case, me)
    for task in tasks(desk.connection, case.id):
        if task.assignee is None:
            _send_if_allowed(desk, ClaimTask(task.id))
    chain.append(desk.connection, case.id, desk.now, desk.actor, CaseworkEvent.CASE_TAKEN, {"from": None, "to": me})


def put_back(desk: Desk, case: Any, reason: str) -> None:
    """Back in the queue with one line why, for anybody to take."""
    _open(case)
    _needed(reason)
    me = desk.actor.person_id
    if case.responsible is None:
        raise NotPossible(Reason("", "nobody-has", "nobody has the case"))
    if case.responsible != me and not members.leads(desk.connection, desk.office, me):
        raise AlreadyDone(case.responsible, None, "taken")
    _give_case(desk, case, None)
    for task in tasks(desk.connection, case.id):
        if task.assignee == me:
            desk.dispatch.send(ReleaseTask(task.id, reason), desk.actor, connection=desk.connection)
    data = {"from": case.responsible, "to": None, "said_why": True}
    chain.append(desk.connection, case.id, desk.now, desk.actor, CaseworkEvent.CASE_RETURNED, data)


def assign(desk: Desk, case: Any, to: str, reason: str = "") -> None:
    """Give a case to a colleague of the office, who is told. Also one that another has: she is ill, he is a leader."""
    _open(case)
    if not members.works_here(desk.connection, desk.office, to):
        raise NotPossible(Reason("", "not-colleague", "she does not work at this office"))
    if case.responsible == to:
        raise NotPossible(Reason("", "has-it", "she has the case already"))
    _give_case(desk, case, to)
    for task in tasks(desk.connection, case.id):
        if task.assignee != to:
            _send_if_allowed(desk, AssignTask(task.id, to, reason))
    data = {"from": case.responsible, "to": to, **({"said_why": True} if reason else {})}
    chain.append(desk.connection, case.id, desk.now, desk.actor, CaseworkEvent.CASE_ASSIGNED, data)
    if to != desk.actor.person_id:
        tell(desk, case, to, "assigned", {"by": desk.actor.person_id, "reason": reason[:300]})


def tell(desk: Desk, case: Any, person_id: str, kind: str, content: dict[str, Any]) -> None:
    """A notice to a colleague about a case: shown above her queue until she has opened the case."""
    known = {"number": case.number, **content}
    key = f"{kind}/{person_id}/{desk.now.isoformat()}"
    notices.give(
        desk.connection, desk.vault, case_id=case.id, person_id=person_id, key=key, kind=f"staff.{kind}",
        content=known, now=desk.now,
    )  # fmt: skip


def plan(desk: Desk, case: Any, at: datetime | None) -> None:
    """When somebody means to look at it; ``None`` takes the plan away. Never beyond a deadline."""
    _open(case)
    if at is not None and at < desk.now:
        raise NotPossible(Reason("", "in-the-past", "the planned date is in the past"))
    if at is not None and case.deadline_at is not None and at > case.deadline_at:
        raise NotPossible(Reason("", "after-deadline", "the planned date is after the deadline"))
    for task in tasks(desk.connection, case.id):
        _send_if_allowed(desk, PlanTask(task.id, at))
    _set(desk, case, follow_up_at=at)
    data = {"from": _iso(case.follow_up_at), "to": _iso(at)}
    chain.append(desk.connection, case.id, desk.now, desk.actor, CaseworkEvent.CASE_PLANNED, data)


def pause(desk: Desk, case: Any, code: str, reason: str) -> None:
    """Nobody can go on for now; ``code`` is one of ``PAUSES`` and says whom it waits for."""
    _open(case)
    _needed(reason)
    running = [task for task in tasks(desk.connection, case.id) if task.paused_at is None]
    if code not in PAUSES or not running or case.paused_at is not None:
        raise NotPossible(Reason("", "nothing-to-pause", "there is no running task to pause"))
    for task in running:
        desk.dispatch.send(PauseTask(task.id, reason), desk.actor, connection=desk.connection)
    _set(
        desk, case, paused_at=desk.now, pause_reason=code, waiting_for=PAUSES[code], waiting_since=desk.now
    )  # fmt: skip
    chain.append(desk.connection, case.id, desk.now, desk.actor, CaseworkEvent.CASE_PAUSED, {"from": None, "to": code})


def resume(desk: Desk, case: Any, reason: str = "") -> None:
    """Go on. Where the definition let the clock stand, the deadlines have moved by as long as it stood."""
    _open(case)
    held = [task for task in tasks(desk.connection, case.id) if task.paused_at is not None]
    if case.paused_at is None and not held:
        raise NotPossible(Reason("", "not-paused", "the case is not in a pause"))
    _set(desk, case, paused_at=None, pause_reason=None)
    for task in held:
        desk.dispatch.send(ResumeTask(task.id, reason), desk.actor, connection=desk.connection)
    data = {"from": case.pause_reason, "to": None}
    chain.append(desk.connection, case.id, desk.now, desk.actor, WorkflowEvent.CASE_RESUMED, data)


def extend(desk: Desk, case: Any, at: datetime, reason: str) -> None:
    """Move the deadline of every open task with one, with a reason. Warnings keep their distance."""
    _open(case)
    _needed(reason)
    dated = [task for task in tasks(desk.connection, case.id) if task.due_at is not None]
    if not dated:
        raise NotPossible(Reason("", "no-deadline", "no open task has a deadline"))
    for task in dated:
        desk.dispatch.send(ExtendTask(task.id, at, reason), desk.actor, connection=desk.connection)


def _send_if_allowed(desk: Desk, command: Any) -> None:
    """A task the diagram keeps for others stays theirs; the case is still whoever's it became."""
    try:
        desk.dispatch.send(command, desk.actor, connection=desk.connection)
    except Forbidden:
        return


def _set(desk: Desk, case: Any, **values: Any) -> None:
    desk.connection.execute(update(case_file).where(case_file.c.id == case.id).values(**values))


def _needed(reason: str) -> None:
    if not reason.strip():
        raise NotPossible(Reason("", "no-reason", "say why"))


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


Act = Callable[[Desk, Any], None]
