"""What stands in for the world in a test run: persons, sources that answer at once, a register and a receiver."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from engine.advice.consent.channels import ChannelAsk, ChannelReply, ChannelState
from engine.advice.economy.figures import Asset, AssetKind, Debt, DebtKind, Figures, Income, IncomeKind
from engine.advice.economy.sourced import Source, Sourced
from engine.advice.evidence.datasets import DataSet, Evidence, EvidenceRequest, EvidenceState, Kind, Title
from engine.advice.task_types.call_out import Ask, CallRefusedError, ReplyUnusableError, Scalar
from engine.advice.task_types.exchange import Found, PartyFound, Reply
from engine.platform.calendar import norwegian_day, norwegian_today
from engine.platform.clock import Clock
from engine.platform.provider_errors import SourceBrokenError, SourceError, SourceRefusedError, SourceUnavailableError

#: Numbers that belong to nobody (month + 80, the synthetic series).
OWNER = ("21818297804", "Tone Test", date(1982, 1, 21))
OTHERS = (("25922947409", "Trym Test", date(1979, 12, 25)), ("14842249091", "Tiril Test", date(1972, 4, 14)))
DEAD = ("11824899930", "Torstein Test", date(1948, 2, 11))


#: How a fault names a target of ``call_out`` and not a data set.
CALLOUT = "callout:"
#: What a source may be made to do instead of answering.
FAULTS: Mapping[str, type[SourceError] | None] = {
    "silent": SourceUnavailableError,
    "refuses": SourceRefusedError,
    "garbage": SourceBrokenError,
    "empty": None,
}


class World:
    """Knobs an administrator turns in a test run: sources that fail, and an answer that has come.

    faults  data set, or ``callout:<target>`` → what it does, one of ``FAULTS``
    """

    def __init__(self, failing: bool = False, answered: bool = False, faults: Mapping[str, str] | None = None) -> None:
        self.failing = failing
        self.answered = answered
        self.faults = dict(faults or {})


def data_sets(real: Mapping[str, DataSet], world: World) -> dict[str, DataSet]:
    """The same data sets, answered from made-up figures."""

    def fetch(data_set: DataSet) -> Callable[[EvidenceRequest], Evidence]:
        def answer(request: EvidenceRequest) -> Evidence:
            if world.failing:
                raise SourceUnavailableError("simulated")
            fault = world.faults.get(data_set.id, "")
            if fault == "empty":
                return Evidence(EvidenceState.EMPTY, Figures())
            error = FAULTS.get(fault)
            if error is not None:
                raise error("simulated")
            source = Source(data_set.id, "Prøvekilde", request.as_of, data_set.requirement.value)
            return Evidence(EvidenceState.ANSWERED, _figures(data_set, source, norwegian_day(request.as_of)))

        return answer

    return {name: replace(data_set, fetch=fetch(data_set)) for name, data_set in real.items()}


def _figures(data_set: DataSet, source: Source, today: date) -> Figures:
    def nok(amount: int) -> Sourced[Decimal]:
        return Sourced(Decimal(amount), (source,))

    if data_set.kind is Kind.LOANS:
        return Figures(debts=(Debt(f"{data_set.id}:1", DebtKind.OTHER, "Prøvebanken", nok(50_000)),))
    if data_set.kind is Kind.INCOME:
        month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
        return Figures(incomes=(Income(f"{data_set.id}:1", IncomeKind.WAGE, "Prøve AS", month, nok(30_000)),))
    if data_set.kind is Kind.PROPERTY:
        return Figures(assets=(Asset(f"{data_set.id}:1", AssetKind.HOME, "Prøvehuset", nok(1_000_000), source),))
    return Figures()


class Channel:
    """A consent channel that says yes at once."""

    citizen_ends = False

    def __init__(self, name: str) -> None:
        self.name = name
        self.title = Title(nb=name, nn=name, en=name)

    def request(self, ask: ChannelAsk) -> ChannelReply:
        return ChannelReply(f"simulated-{ask.reference}", ChannelState.ACTIVE)

    def state(self, grant: str, now: datetime) -> ChannelState:
        return ChannelState.ACTIVE

    def revoke(self, grant: str) -> None:
        """Nothing to revoke."""


class Everybody:
    """A register that names the owner and two others, and a receiver that answers when asked to."""

    def __init__(self, world: World, clock: Clock) -> None:
        self._world = world
        self._clock = clock

    def find(self, pid: str) -> Found | None:
        heirs = tuple(PartyFound(*person, "arving", True) for person in (OWNER, *OTHERS))
        return Found(
            "PRØVE-1", (PartyFound(*DEAD, "avdode", False), *heirs), norwegian_today(self._clock) + timedelta(days=60)
        )

    def submit(self, reference: str, body: Mapping[str, Any], key: str) -> str:
        return "PRØVE-KVITTERING"

    def reply(self, reference: str) -> Reply | None:
        return Reply("PRØVESVAR", norwegian_today(self._clock)) if self._world.answered else None


class Targets(dict[str, "SimulatedTarget"]):
    """Whatever address a draft calls is there in a test run, and nothing leaves the room."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    def get(self, name: str, _default: object = None) -> SimulatedTarget:
        return SimulatedTarget(self._world, name)


class SimulatedTarget:
    """Answers every wish with a value of its type; an empty answer lacks them, one that refuses says 403."""

    _VALUES: Mapping[str, Scalar] = {"number": 1, "flag": True}

    def __init__(self, world: World, name: str) -> None:
        self._world = world
        self.title = name
        self._name = f"{CALLOUT}{name}"

    def call(self, ask: Ask) -> Mapping[str, Scalar]:
        fault = self._world.faults.get(self._name, "")
        if self._world.failing or fault == "silent":
            raise SourceUnavailableError("simulated")
        if fault == "refuses":
            raise CallRefusedError("http_403")
        if fault == "garbage":
            raise SourceBrokenError("not_json")
        if fault == "empty" and ask.wanted:
            raise ReplyUnusableError("reply_value_missing", ask.wanted[0].variable)
        return {one.variable: self._VALUES.get(one.type, "PRØVESVAR") for one in ask.wanted}
