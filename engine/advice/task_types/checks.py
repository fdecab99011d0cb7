"""Jobs that look at an economy on behalf of its owner, and warn before it hurts. Each warning is given once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, select

from engine.advice.consent import gate
from engine.advice.economy.enk.overview import WARN_DAYS, EnkOverview, EnkWarning
from engine.advice.economy.figures import Total
from engine.advice.economy.overview import Completeness
from engine.advice.economy.repayment import known_by, plans
from engine.advice.economy.signals import signals
from engine.advice.evidence import baseline, business, harvest, snapshots
from engine.advice.evidence.datasets import DataSet, EvidenceState, Kind, Requirement
from engine.advice.evidence.models import harvest as harvested
from engine.advice.task_types.collection import person_about
from engine.casework import notices
from engine.platform.clock import OSLO
from engine.platform.db import Database
from engine.platform.vault import Vault
from engine.workflow.execution import data
from engine.workflow.execution.data import read_in_case, read_of_person
from engine.workflow.jobs.job_types import Done, Result
from engine.workflow.jobs.outbox import Work

MONTH = timedelta(days=30)


def may_still_ask(connection: Connection, case_id: str, data_sets: Mapping[str, DataSet], now: datetime) -> bool:
    """Whether any closed source is still open to us: consent given, not withdrawn, not run out."""
    return any(
        gate.may_ask(connection, case_id, data_set, now) is not None
        for data_set in data_sets.values()
        if data_set.requirement in (Requirement.CONSENT, Requirement.MANDATE)
    )


def next_look(dues: Sequence[date], now: datetime) -> timedelta:
    """Until the next warning window opens (08.00 in Oslo), at most a month, at least an hour."""
    windows = [due - timedelta(days=WARN_DAYS) for due in dues]
    ahead = [_morning(day) for day in windows if _morning(day) > now]
    waits = [moment - now for moment in ahead] + [MONTH]
    return max(min(waits), timedelta(hours=1))


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(8), OSLO).astimezone(UTC)


class EnkCheck:
    """Task type ``enk_check``: compute tax, VAT and set-asides, and warn the owner (R62, R64).

    Leaves ``checkAgain`` (ISO 8601), ``asking`` (may sources still be asked), ``tagged``,
    ``ended`` (the register says so of every business) and ``left`` (how many dues lie ahead).

    When the accounts can no longer be seen (consent withdrawn or run out), the days it knew of are still
    remembered, and the owner warned that the amount must be found elsewhere: nothing due is forgotten.
    """

    name = "enk_check"

    def __init__(self, database: Database, vault: Vault, data_sets: Mapping[str, DataSet]) -> None:
        self._database = database
        self._vault = vault
        self._data_sets = data_sets

    def perform(self, work: Work, now: datetime) -> Result:
        with self._database.read() as connection:
            owner = person_about(connection, work.case_id)
            found, figures = business.overview(
                connection,
                self._vault,
                case_id=work.case_id,
                owner_id=owner,
                data_sets=self._data_sets,
                now=now,
            )
            asking = may_still_ask(connection, work.case_id, self._data_sets, now)
            known = read_in_case(connection, self._vault, work.case_id, business.COMING) or {}
            empty = self._register_is_empty(connection, work.case_id)
        seen = bool(figures.transactions)
        coming = _coming(found) if seen else business.coming(known, found.as_of)
        warnings = [*found.warnings] if seen or not coming else [w for w in found.warnings if w.kind != "no_tags"]
        if not seen:
            warnings += [
                EnkWarning(f"blind:{key}", f"blind.{kind}", "find_amount", None, day)
                for key, kind, day in coming
                if day <= found.as_of + timedelta(days=WARN_DAYS)
            ]
        gone = empty and bool(known.get("enterprises"))
        if gone:
            warnings.append(EnkWarning("ended:register", "gone", "close"))

        def save(connection: Connection) -> None:
            data.write(
                connection,
                self._vault,
                instance_id=work.case_id,
                case_id=work.case_id,
                owner_id=owner,
                data_type=business.COMING,
                content={
                    "dues": [[key, kind, day.isoformat()] for key, kind, day in coming],
                    "enterprises": len(found.enterprises) or known.get("enterprises", 0),
                },
                now=now,
            )
            for warning in warnings:
                content = {
                    "amount": None if warning.amount is None else str(warning.amount),
                    "due": None if warning.due is None else warning.due.isoformat(),
                    "act": warning.act,
                    "about": warning.about,
                }
                notices.give(
                    connection,
                    self._vault,
                    case_id=work.case_id,
                    person_id=owner,
                    key=warning.key,
                    kind=f"enk.{warning.kind}",
                    content=content,
                    now=now,
                    once_for_person=True,
                )

        again = next_look([day for _, _, day in coming], now) if seen or coming else timedelta(hours=6)
        variables = {
            "checkAgain": f"PT{int(again.total_seconds())}S",
            "asking": asking,
            "tagged": found.tagged,
            "ended": gone or bool(found.enterprises) and all(e.bankrupt or e.winding_up for e in found.enterprises),
            "left": sum(kind != "tax_return" for _, kind, _ in coming),
        }
        return Done(variables, save)

    def _register_is_empty(self, connection: Connection, case_id: str) -> bool:
        """Whether the register of businesses answered that the owner has none."""
        registers = [name for name, data_set in self._data_sets.items() if data_set.kind is Kind.BUSINESS]
        states = connection.execute(
            select(harvested.c.state).where(harvested.c.case_id == case_id, harvested.c.data_set.in_(registers))
        ).scalars()
        return set(states) == {EvidenceState.EMPTY.value}


def _coming(found: EnkOverview) -> list[tuple[str, str, date]]:
    """Key, kind and day of everything to pay or send in that lies ahead; not what is overdue already."""
    dues = [one.due for one in found.cover.dues if one.estimate > 0 and one.due.due >= found.as_of]
    return [(due.key, due.kind, due.due) for due in (*dues, *found.other_dues)]


class HouseholdCheck:
    """Task type ``household_check``: look for early signals and reached milestones, and tell the citizen (R58, R111).

    Leaves ``asking`` and ``debtFree``.
    """

    name = "household_check"

    def __init__(self, database: Database, vault: Vault, data_sets: Mapping[str, DataSet]) -> None:
        self._database = database
        self._vault = vault
        self._data_sets = data_sets

    def perform(self, work: Work, now: datetime) -> Result:
        with self._database.read() as connection:
            owner = person_about(connection, work.case_id)
            asking = may_still_ask(connection, work.case_id, self._data_sets, now)
            newest = snapshots.newest(connection, self._vault, work.case_id, now)
            figures, _ = harvest.figures(connection, self._vault, work.case_id, self._data_sets)
            plan = read_of_person(connection, self._vault, owner, "plan") or {}
            known = baseline.known_before(connection, self._vault, work.case_id, plan)
        if newest is None:
            return Done({"asking": asking, "debtFree": False})
        overview = newest[0]
        found = signals(overview, figures, known)
        left = plans(overview.debts, overview.as_of)
        due: list[tuple[str, str, dict[str, Any]]] = [
            (
                f"signal:{signal.kind}:{signal.about}:{overview.as_of:%Y-%m}",
                f"signal.{signal.kind}",
                {
                    "about": signal.about,
                    "amount": None if signal.amount is None else str(signal.amount),
                    "due": None if signal.when is None else signal.when.isoformat(),
                },
            )
            for signal in found
        ]
        there = known_by(overview, left)
        whole = overview.completeness(Total.DEBT) is Completeness.COMPLETE
        for one in plan.get("debts", ()):
            if one["id"] not in there and whole:
                due.append((f"milestone:{one['id']}", "milestone", {"about": one["name"]}))

        def save(connection: Connection) -> None:
            for key, kind, content in due:
                notices.give(
                    connection,
                    self._vault,
                    case_id=work.case_id,
                    person_id=owner,
                    key=key,
                    kind=kind,
                    content=content,
                    now=now,
                )

        return Done({"asking": asking, "debtFree": bool(plan) and not left and whole}, save)
