"""The panels of the case page that tell of the case itself: what each shows, and the one function that reads it.

Those of what was written and put into it are ``case_record``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import g, request, url_for
from sqlalchemy import Connection, select

from engine.advice.consent import ending
from engine.advice.sharing import actions as sharing_actions
from engine.advice.sharing.models import share
from engine.casework import case_actions, members, participants
from engine.casework import links as case_links
from engine.casework.drafts import Draft
from engine.casework.members import Load
from engine.casework.participants import Part
from engine.casework.queue import Who
from engine.platform.vault import Person, Vault
from engine.web.citizen.enk.assessment import Assessed, assessed
from engine.web.office import session
from engine.web.office.queue import FROM
from engine.web.shared import access, forms, view
from engine.web.shared.stages import StageStep, stage_rows
from engine.workflow.authorization import pep
from engine.workflow.authorization.pep import Reader
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.definitions.library import Deployed
from engine.workflow.execution.data import read_in_case, stored
from engine.workflow.instances.rows import CaseRow, TaskRow


@dataclass(frozen=True, slots=True)
class Reading:
    """One caseworker before one case: what every panel is read with.

    deployed  the version of the journey the case follows
    reader    what of the case they may read
    """

    connection: Connection
    case: CaseRow
    deployed: Deployed
    reader: Reader
    who: Who
    now: datetime

    @property
    def bundle(self) -> Bundle:
        return self.deployed.bundle

    @property
    def vault(self) -> Vault:
        return view.application().vault


def reading(connection: Connection, case: CaseRow, now: datetime) -> Reading:
    """The caseworker who is logged in before this case."""
    deployed = view.application().library.get(connection, case.definition_id)
    who = session.who(connection, now)
    return Reading(connection, case, deployed, access.reader(connection, case), who, now)


@dataclass(frozen=True, slots=True)
class Header:
    """Whose case it is, where it stands, and the buttons for the case as a whole.

    deadline   in words, and the colour of its tag
    acts       what may be done with the case now, of ``case_actions.ACTS``
    mine       whether the reader has it
    stands_in  whether a colleague has it whom the reader stands in for
    back       address of the queue, as it was left
    on_behalf  whether things may be written down for a citizen who does not log in
    """

    owner: Person
    stages: list[StageStep]
    deadline: tuple[str, str]
    acts: tuple[str, ...]
    mine: bool
    stands_in: bool
    back: str
    on_behalf: bool


def header(at: Reading) -> Header:
    case, who = at.case, at.who
    leads = members.leads(at.connection, who.office, who.person_id)
    back = request.cookies.get(FROM, "")
    return Header(
        owner=at.vault.person(at.connection, case.owner_id),
        stages=stage_rows(case),
        deadline=session.deadline(case.deadline_at, case.warn_at, at.now, case.paused_at),
        acts=case_actions.legal(case, who.person_id, leads),
        mine=case.responsible == who.person_id,
        stands_in=case.responsible in who.mine[1:],
        back=f"{url_for('queue.show')}{'?' + back if back else ''}#sak-{case.number}",
        on_behalf=case.state == "open" and pep.may_somewhere(at.bundle, at.reader.who, "register"),
    )


@dataclass(frozen=True, slots=True)
class Facts:
    """What the case is, and whom it may be given to.

    decision  what was written, for whoever may read the step it was written in
    loads     the colleagues, with how much each has
    """

    version: int
    has_decision: bool
    decision: Mapping[str, Any] | None
    loads: list[Load]
    pauses: Sequence[str] = tuple(case_actions.PAUSES)


def facts(at: Reading) -> Facts:
    loads = members.loads(at.connection, at.who.office, at.now)
    view.know(at.connection, [load.person_id for load in loads])
    return Facts(at.deployed.version, has_decision(at.bundle), _decision(at), loads)


def has_decision(bundle: Bundle) -> bool:
    """Whether the journey ends in a decision at all."""
    return "decision" in bundle.data_types


def _decision(at: Reading) -> Mapping[str, Any] | None:
    kind = at.bundle.data_types.get("decision")
    if kind is None or not at.reader.may_read_step(at.deployed, kind.task_id):
        return None
    return read_in_case(at.connection, at.vault, at.case.id, "decision")


@dataclass(frozen=True, slots=True)
class Sharing:
    """Whether the office may see the citizen's overview.

    applies  whether the journey asks for it, or it was shared all the same
    until    when the share in force ends, ``None`` without one
    ended    why one that was is no more: "stopped" by the citizen, "expired", or "consent" where nothing is left to
             see; "" where there was none
    plan     what the plan told of in this case comes to, while it is shared (R67)
    """

    applies: bool
    until: datetime | None
    ended: str
    plan: Assessed | None


def sharing(at: Reading) -> Sharing:
    in_force = sharing_actions.in_force(at.connection, at.case.id, session.office(), at.now)
    ended = "" if in_force is not None else _why_ended(at)
    return Sharing(
        applies=in_force is not None or bool(ended) or _may_share(at.bundle),
        until=in_force.valid_to if in_force is not None else None,
        ended=ended,
        plan=_plan(at) if in_force is not None else None,
    )


def _why_ended(at: Reading) -> str:
    """Why the office's last share of the case is over, "" where it never had one."""
    theirs = select(share).where(share.c.case_id == at.case.id, share.c.office == session.office())
    last = at.connection.execute(theirs.order_by(share.c.created_at.desc()).limit(1)).first()
    if last is None:
        return ""
    if last.ended_at is None or last.ended_at >= last.valid_to:
        return "expired"
    return "stopped" if ending.allowed(at.connection, at.case.id, at.now) else "consent"


def _may_share(bundle: Bundle) -> bool:
    """Whether the journey asks the citizen to share the overview at all."""
    return any(element.extension.task_type == "share" for element in bundle.process.elements.values())


def _plan(at: Reading) -> Assessed | None:
    plan = read_in_case(at.connection, at.vault, at.case.id, "business-plan")
    return assessed(at.connection, plan, at.case.id) if plan else None


@dataclass(frozen=True, slots=True)
class Task:
    """The open tasks of the case, and the form of the one at hand.

    chosen        the task at hand, ``None`` when none is open
    form          of the task at hand, for whoever may read what is in it
    draft_at      when what stands in the form was stored as a draft
    help          what the journey says above the form, "" for nothing
    data_version  version of the answers the form is shown with
    """

    open: Sequence[TaskRow]
    chosen: TaskRow | None = None
    form: forms.TaskForm | None = None
    draft_at: datetime | None = None
    help: str = ""
    data_version: str = ""


def task(
    at: Reading, open_tasks: Sequence[TaskRow], mine: Mapping[str, Draft], submitted: dict[str, Any] | None
) -> Task:
    """The panel of the task that was asked for, else of the first.

    mine       the reader's own drafts by kind
    submitted  what was sent and refused, and stands in the form again
    """
    asked = request.args.get("oppgave") or (request.view_args or {}).get("task_id")
    chosen = next((one for one in open_tasks if one.id == asked), open_tasks[0] if open_tasks else None)
    if chosen is None:
        return Task(open_tasks)
    draft = mine.get(f"task.{chosen.id}")
    content = submitted or (draft.content if draft else None)
    readable = access.step_readable(at.connection, at.reader, chosen.definition_id, chosen.element_id)
    return Task(
        open_tasks,
        chosen,
        form=forms.of_task(at.connection, chosen, content) if readable else None,
        draft_at=draft.changed_at if draft and not submitted else None,
        help=_help(at.bundle, chosen),
        data_version=_data_version(at, chosen),
    )


def _data_version(at: Reading, task: TaskRow) -> str:
    """The version of the answers the form of the task is shown with: of a form shown again what it was shown with."""
    if (request.view_args or {}).get("task_id") == task.id and "_version" in request.form:
        return request.form["_version"]
    library = view.application().library
    kind = library.get(at.connection, task.definition_id).bundle.data_type_of(task.element_id)
    there = stored(at.connection, at.vault, task.instance_id, kind.stored_as(task.owner_id)) if kind else None
    return str(there.version if there else 0)


def _help(bundle: Bundle, task: TaskRow) -> str:
    key = f"task.{task.element_id}.text"
    found = bundle.text(key, g.language)
    return "" if found == key else found


@dataclass(frozen=True, slots=True)
class Parties:
    """Who takes part beside the owner.

    ended        those the office ended, with when and why
    roles        every role that may be given; ``with_access`` those of them that log in to the case
    """

    taking_part: list[Part]
    ended: list[tuple[Part, datetime, str]]
    roles: tuple[str, ...]
    with_access: tuple[str, ...]


def parties(at: Reading) -> Parties:
    return Parties(
        participants.of_case(at.connection, at.vault, at.case),
        participants.ended(at.connection, at.vault, at.case),
        participants.roles(at.bundle),
        participants.journey_roles(at.bundle),
    )


@dataclass(frozen=True, slots=True)
class Links:
    """Cases that belong to this one, each with why."""

    cases: Sequence[tuple[CaseRow, str]]
    reasons: Sequence[str] = case_links.REASONS


def links(at: Reading) -> Links:
    return Links(case_links.of_case(at.connection, at.case))
