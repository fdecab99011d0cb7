"""User task types that mean more than a form: consent, mandate, share. What happens when the person answers.

Data of each: ``{"answer": "yes" | "no", "kinds": [...], "language": "nb"}``, and where a source has several
institutions ``"institutions": [...]``, ids of the data sets that were chosen among them. One that is given again, or is
written down for the citizen, names its ``"dataSets"`` instead: those the citizen read on the page or was told of. What
is written down may say ``"until"``, the last day (ISO) of a yes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from engine.advice.consent import actions as consent
from engine.advice.evidence.datasets import DataSet, Requirement, to_choose
from engine.advice.sharing import actions as sharing
from engine.platform.calendar import norwegian_day
from engine.platform.clock import OSLO
from engine.workflow.authorization.actor import Actor, Office, Role
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.errors import NotPossible, Reason
from engine.workflow.execution.commands import CompleteOnBehalf, CompleteTask, Received
from engine.workflow.execution.context import Context
from engine.workflow.instances.models import case_file

Hook = Callable[[Context], None]
#: The channel of what a guardian or another representative answers, logged in as themselves.
REPRESENTATIVE = "representative"


def chosen_sets(
    data_sets: Mapping[str, DataSet],
    requirement: Requirement,
    kinds: Sequence[str],
    institutions: Sequence[str] | None = None,
) -> list[str]:
    """The data sets that a choice of kinds covers, of several institutions those that were chosen.

    institutions  ``None`` where the citizen was not asked: all of them
    """
    covered = [s for s in data_sets.values() if s.requirement is requirement and s.kind.value in kinds]
    left_out = {s.id for s in to_choose(covered) if institutions is not None and s.id not in institutions}
    return [s.id for s in covered if s.id not in left_out]


def of_basis(data_sets: Mapping[str, DataSet], requirement: Requirement, ids: Sequence[str]) -> list[str]:
    """Those of *ids* that there is a source for and that this kind of yes opens."""
    return [one for one in dict.fromkeys(ids) if one in data_sets and data_sets[one].requirement is requirement]


def wording_of(bundle: Bundle, basis: str, language: str) -> consent.Wording:
    """What the page of a question says, as it is kept with the answer."""
    texts = bundle.texts.get(language) or bundle.texts.get("nb", {})
    shown = "\n".join(texts[key] for key in sorted(texts) if key.startswith(basis))
    return consent.Wording(language, bundle.checksum[:12], shown)


def _answer(ctx: Context, data_type: str) -> Mapping[str, object]:
    assert isinstance(ctx.command, CompleteTask)
    return ctx.command.data.get(data_type, {})


def _registration(ctx: Context) -> consent.Registration | None:
    """Who writes the answer down or gives it for them, ``None`` where the citizen answers themselves."""
    assert ctx.task is not None
    if ctx.actor.role is Role.CITIZEN and ctx.actor.person_id != ctx.task.owner_id:
        return consent.Registration(ctx.actor, Received(REPRESENTATIVE, norwegian_day(ctx.now)))
    if not isinstance(ctx.command, CompleteOnBehalf) or ctx.command.received is None:
        return None
    return consent.Registration(ctx.actor, ctx.command.received)


def _answering(ctx: Context) -> Actor:
    """Whose answer it is: a task that is done for the citizen is the citizen's."""
    assert ctx.task is not None
    if ctx.actor.person_id == ctx.task.owner_id:
        return ctx.actor
    owner = ctx.services.vault.person(ctx.connection, ctx.task.owner_id)
    return Actor(Role.CITIZEN, owner.id, owner.name)


def _life(until: object, now: datetime) -> timedelta:
    """How long a yes lasts: to the end of the day that was said, else as long as any."""
    if not isinstance(until, str) or not until:
        return consent.DEFAULT_LIFE
    try:
        last = datetime.combine(date.fromisoformat(until), time.max, OSLO)
    except ValueError:
        raise NotPossible(Reason("", "not-a-date", "until is no date")) from None
    if last <= now:
        raise NotPossible(Reason("", "in-the-past", "the last day has passed"))
    return last - now


def answer_hook(
    data_sets: Mapping[str, DataSet], receiver: dict[str, str], requirement: Requirement, data_type: str
) -> Hook:
    """Writes the record of a consent or mandate answer, and leaves ``granted`` for the gateway."""
    basis = requirement.value

    def hook(ctx: Context) -> None:
        assert ctx.task is not None
        answer = _answer(ctx, data_type)
        granted = answer.get("answer") == "yes"
        kinds = answer.get("kinds")
        institutions = answer.get("institutions")
        read = answer.get("dataSets")
        sets = chosen_sets(
            data_sets,
            requirement,
            kinds if isinstance(kinds, list) else [],
            institutions if isinstance(institutions, list) else None,
        )
        if isinstance(read, list):
            sets = of_basis(data_sets, requirement, read)
        registration = _registration(ctx)
        if registration is not None:
            sets = [one for one in sets if data_sets[one].opened_on_paper]
            if granted and not sets:
                raise NotPossible(Reason("", "nothing-on-paper", "no source opens for a yes on paper"))
        wording = wording_of(ctx.deployed(ctx.task.definition_id).bundle, basis, str(answer.get("language", "nb")))
        record_id = consent.record(
            ctx.connection,
            ctx.services.vault,
            actor=_answering(ctx),
            case_id=ctx.case_id,
            basis=basis,
            purpose=str(ctx.live.variables.get("purpose") or "debt_advice"),
            receiver=receiver,
            data_sets=sets,
            granted=granted and bool(sets),
            wording=wording,
            now=ctx.now,
            life=_life(answer.get("until"), ctx.now),
            registration=registration,
        )
        if granted and sets and requirement is Requirement.MANDATE:
            consent.add_grant(
                ctx.connection,
                grant_id=record_id,
                record_id=record_id,
                case_id=ctx.case_id,
                channel="mandate",
                data_sets=sets,
                reference=record_id,
                redirect="",
                state="active",
                now=ctx.now,
            )
        ctx.execution.set_variables(ctx.live, {"granted": granted and bool(sets)})

    return hook


def share_hook(ctx: Context) -> None:
    """A yes lets the case's office look for three months; a no changes nothing else (R87)."""
    shared = _answer(ctx, "share-answer").get("answer") == "yes"
    ctx.execution.set_variables(ctx.live, {"shared": shared})
    if not shared:
        return
    office = ctx.connection.execute(select(case_file.c.office).where(case_file.c.id == ctx.case_id)).scalar()
    if office:
        name = str(ctx.live.variables.get("officeName", ""))
        sharing.start(
            ctx.connection, actor=_answering(ctx), case_id=ctx.case_id, office=Office(office, name), now=ctx.now
        )
