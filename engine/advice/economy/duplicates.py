"""What several sources tell of, once. Of debts the best matching of all records at once.

Nothing here depends on the order of sources or records, or on when they were fetched. What is shown of a debt is the
record with the newest date of its provider; what that one does not tell (rate, limit, monthly sum) comes from the
others. What may be the same is a ``Question`` to the citizen; a ``Decision`` is their answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Any

from engine.advice.economy import assignment, identity
from engine.advice.economy.comparison import Comparison, Likeness, Reason, Record, compare, record_of
from engine.advice.economy.figures import Asset, AssetKind, Debt, DebtKind, DebtStatus
from engine.advice.economy.money import Money
from engine.advice.economy.sourced import Sourced

_SERIOUS = (
    DebtStatus.ATTACHMENT,
    DebtStatus.COURT,
    DebtStatus.COLLECTION,
    DebtStatus.OVERDUE,
    DebtStatus.UNKNOWN,
    DebtStatus.DISPUTED,
    DebtStatus.MONITORED,
    DebtStatus.PAUSED,
    DebtStatus.CURRENT,
)


#: Before the amount a source gave, in ``derived`` of a balance the citizen has corrected.
CORRECTED = "was:"


@dataclass(frozen=True, slots=True)
class Decision:
    """What the citizen said of two debts. ``one`` and ``other``: ids and fingerprints of the records of each."""

    one: frozenset[str]
    other: frozenset[str]
    same: bool


@dataclass(frozen=True, slots=True)
class Question:
    """Two debts of an overview that may be one, by their ids, and why."""

    one: str
    other: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Group:
    """The records of one debt, the one that is shown first. ``reasons``: of each of the others, why it is the same."""

    records: tuple[Record, ...]
    reasons: tuple[Reason, ...]
    debt: Debt

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(record.debt.id for record in self.records)

    @property
    def keys(self) -> frozenset[str]:
        """What any of the records is stored by."""
        return frozenset().union(*(record.keys for record in self.records))


@dataclass(frozen=True, slots=True)
class Matched:
    groups: tuple[Group, ...]
    questions: tuple[Question, ...]


def match(found: Sequence[Debt], decisions: Sequence[Decision] = (), before: Sequence[Debt] = ()) -> Matched:
    """Every debt once, and what to ask.

    before  the debts of an earlier overview: each is looked for, and the one found is known by the old names too
    """
    records = sorted(_records(found), key=_canonical)
    records = _known_before(records, before)
    judge = _Judge(decisions)
    groups = [
        _group(cluster, judge)
        for part in _connected(records, judge)
        for cluster in assignment.clusters(part, judge.gain)
    ]
    groups.sort(key=lambda group: (group.debt.id, _canonical(group.records[0])))
    groups = _told_apart(groups)
    return Matched(tuple(groups), _questions(groups, judge))


def _known_before(records: Sequence[Record], before: Sequence[Debt]) -> list[Record]:
    """The records with what the debts they continue were called, where those names would lead nowhere any more."""
    now = frozenset().union(*(record.keys for record in records))
    lost = [debt for debt in before if not now & {debt.id, *debt.records}]
    older: dict[int, frozenset[str]] = {}
    for debt, place in _continued(lost, records):
        older[place] = frozenset({debt.id, *debt.records})
    for debt in before:
        held = next((one for one in records if one.keys & {debt.id, *debt.records}), None)
        if held is not None:
            older[held.place] = older.get(held.place, frozenset()) | {debt.id, *debt.records} - now
    return [replace(one, older=older[one.place]) if one.place in older else one for one in records]


def _continued(before: Sequence[Debt], records: Sequence[Record]) -> list[tuple[Debt, int]]:
    """Debts that only their likeness leads back to, each with the place of the record that continues it."""
    if not before or not records:
        return []
    was = [replace(record_of(as_told(debt), place, ""), source="before") for place, debt in enumerate(before)]
    there = [replace(one, source="now") for one in records]
    chosen = assignment.assign([[_likely(compare(one, other)) for other in there] for one in was])
    return [(before[row], there[column].place) for row, column in enumerate(chosen) if column is not None]


def _told_apart(groups: Sequence[Group]) -> list[Group]:
    """Two debts that a source gave one id get the fingerprint on top of it."""
    ids = Counter(group.debt.id for group in groups)
    return [
        replace(group, debt=replace(group.debt, id=f"{group.debt.id}#{group.records[0].fingerprint}"))
        if ids[group.debt.id] > 1
        else group
        for group in groups
    ]


def debts(found: Sequence[Debt], decisions: Sequence[Decision] = ()) -> tuple[Debt, ...]:
    """Every debt once."""
    return tuple(group.debt for group in match(found, decisions).groups)


def _records(found: Sequence[Debt]) -> list[Record]:
    by_source: dict[str, list[int]] = {}
    for place, debt in enumerate(found):
        by_source.setdefault(identity.source_key(debt.balance.sources[0]), []).append(place)
    made = []
    for places in by_source.values():
        prints = identity.fingerprints([found[place] for place in places])
        made += [record_of(found[place], place, text) for place, text in zip(places, prints, strict=True)]
    return made


def _canonical(record: Record) -> tuple[str, str, str, Money, str]:
    debt = record.debt
    return (record.source, record.fingerprint, debt.id, debt.balance.value, str(debt.balance.as_of or ""))


class _Judge:
    """What two records are to each other, the citizen's own answers first. Remembers what it has compared."""

    def __init__(self, decisions: Sequence[Decision]) -> None:
        self._decisions = tuple(decisions)
        self._known: dict[tuple[int, int], Comparison] = {}

    def __call__(self, one: Record, other: Record) -> Comparison:
        key = (one.place, other.place) if one.place < other.place else (other.place, one.place)
        if key not in self._known:
            self._known[key] = self._judge(one, other)
        return self._known[key]

    def _judge(self, one: Record, other: Record) -> Comparison:
        found = compare(one, other)
        if one.source == other.source:
            return found
        for decision in reversed(self._decisions):
            if _said_of(decision, one, other):
                likeness = Likeness.SAME if decision.same else Likeness.DIFFERENT
                return Comparison(likeness, Reason.CITIZEN, 3_000_000 if decision.same else 0)
        return found

    def gain(self, one: Record, other: Record) -> int | None:
        """What it is worth to hold the two for one: below zero alone, ``None`` when they must not be."""
        found = self(one, other)
        if found.likeness is Likeness.DIFFERENT:
            return None
        return found.weight if found.likeness is Likeness.SAME else -1


def _said_of(decision: Decision, one: Record, other: Record) -> bool:
    first, second = one.keys, other.keys
    return bool(
        (decision.one & first and decision.other & second) or (decision.one & second and decision.other & first)
    )


def _connected(records: Sequence[Record], judge: _Judge) -> list[list[Record]]:
    """Records that hang together by what is the same, in order."""
    leader = list(range(len(records)))

    def root(place: int) -> int:
        while leader[place] != place:
            leader[place] = leader[leader[place]]
            place = leader[place]
        return place

    for (a, one), (b, other) in combinations(enumerate(records), 2):
        if judge(one, other).likeness is Likeness.SAME:
            leader[max(root(a), root(b))] = min(root(a), root(b))
    parts: dict[int, list[Record]] = {}
    for place, record in enumerate(records):
        parts.setdefault(root(place), []).append(record)
    return list(parts.values())


def _group(cluster: Sequence[Record], judge: _Judge) -> Group:
    shown = min(cluster, key=_preference)
    rest = [record for record in cluster if record is not shown]
    reasons = [judge(shown, record) for record in rest]
    told = tuple(
        found.reason if found.likeness is Likeness.SAME else _strongest(record, cluster, judge)
        for record, found in zip(rest, reasons, strict=True)
    )
    records = (shown, *rest)
    return Group(records, told, _merged(records))


def _strongest(record: Record, cluster: Sequence[Record], judge: _Judge) -> Reason:
    """Why a record belongs, when it is the same as another one than the shown."""
    found = [judge(record, other) for other in cluster if other is not record]
    return max((one for one in found if one.likeness is Likeness.SAME), key=lambda one: (one.weight, one.reason)).reason


def _preference(record: Record) -> tuple[int, bool, tuple[str, str, str, Money, str]]:
    """The provider's newest date first, then a claim, which has grown by its costs; then an order that is fixed."""
    debt = record.debt
    age = (date.max - (debt.balance.as_of or date.min)).days
    return age, debt.kind is not DebtKind.COLLECTION, _canonical(record)


#: Fields of a debt that are taken from the first of its records that says anything.
_FIRST_THAT_SAYS = (
    "collector",
    "case_number",
    "rate",
    "monthly",
    "limit",
    "original",
    "fee",
    "terms_left",
    "account",
    "name",
    "creditor_orgno",
    "collector_orgno",
    "kid",
    "pay_to",
)


def _merged(records: Sequence[Record]) -> Debt:
    shown = records[0].debt
    known = sorted(set().union(*(record.keys for record in records)))
    if len(records) == 1:
        return replace(shown, records=tuple(known))
    others = [record.debt for record in records]
    least = min(records, key=_canonical).debt
    sources = tuple(source for debt in others for source in debt.balance.sources)
    parts = next((debt for debt in others if _has_parts(debt) and debt.balance.value == shown.balance.value), shown)

    first: dict[str, Any] = {name: _first(name, others, getattr(shown, name)) for name in _FIRST_THAT_SAYS}
    claim = next((debt for debt in others if debt.kind is DebtKind.COLLECTION), None)
    kinds = [debt.kind for debt in others if debt.kind is not DebtKind.OTHER]
    return replace(
        shown,
        id=least.id,
        kind=claim.kind if claim else kinds[0] if kinds else shown.kind,
        balance=Sourced(shown.balance.value, sources, shown.balance.as_of, shown.balance.derived),
        principal=parts.principal,
        interest=parts.interest,
        costs=parts.costs,
        status=min((debt.status for debt in others), key=_SERIOUS.index),
        due=min((debt.due for debt in others if debt.due), default=None),
        **first,
        co_borrower=any(debt.co_borrower for debt in others),
        secured=any(debt.secured for debt in others),
        records=tuple(known),
    )


def _first(name: str, debts: Sequence[Debt], otherwise: object) -> object:
    """The first value of a field that says anything."""
    values = (getattr(debt, name) for debt in debts)
    return next((value for value in values if value not in (None, "", 0)), otherwise)


def _has_parts(debt: Debt) -> bool:
    return any((debt.principal, debt.interest, debt.costs))


def _questions(groups: Sequence[Group], judge: _Judge) -> tuple[Question, ...]:
    """At most one open question of each debt, what most speaks for first."""
    open_ones = []
    for one, other in combinations(groups, 2):
        pairs = [judge(a, b) for a in one.records for b in other.records]
        if any(found.likeness is Likeness.DIFFERENT for found in pairs):
            continue
        best = max(pairs, key=lambda found: (found.weight, found.reason))
        open_ones.append((best.weight, one.debt.id, other.debt.id, best.reason))
    asked: set[str] = set()
    found = []
    for _, one_id, other_id, reason in sorted(open_ones, key=lambda row: (-row[0], row[1], row[2])):
        if not asked & {one_id, other_id}:
            asked |= {one_id, other_id}
            found.append(Question(one_id, other_id, reason))
    return tuple(found)


def _likely(found: Comparison) -> int | None:
    return found.weight if found.likeness is Likeness.SAME else None


def as_told(debt: Debt) -> Debt:
    """A debt with the balance its source gave, where the citizen has corrected it."""
    if not debt.balance.derived.startswith(CORRECTED):
        return debt
    told = Sourced(Decimal(debt.balance.derived.removeprefix(CORRECTED)), debt.balance.sources, debt.balance.as_of)
    return replace(debt, balance=told)


def assets(found: Sequence[Asset]) -> tuple[tuple[Asset, ...], dict[str, str]]:
    """A home known to the land register takes the value the tax base tells, when there is one of each.

    returns  the assets, and id of what told a value → id of the home that has it
    """
    registered = [a for a in found if a.kind is AssetKind.HOME and a.value is None]
    valued = [a for a in found if a.kind is AssetKind.HOME and a.value is not None]
    if len(registered) != 1 or len(valued) != 1:
        return tuple(found), {}
    one = replace(registered[0], value=valued[0].value)
    return tuple(one if a is registered[0] else a for a in found if a is not valued[0]), {valued[0].id: one.id}
