"""The product with sources that are made up: what each tells of whom is the same every time it is asked."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import wsgi
from engine.advice.consent.channels import ChannelAsk, ChannelReply, ChannelState
from engine.advice.economy.figures import Account, Debt, DebtKind, Figures, Transaction
from engine.advice.economy.sourced import Source, Sourced
from engine.advice.evidence.datasets import DataSet, Evidence, EvidenceRequest, EvidenceState, Title
from engine.advice.task_types import task_type_registry
from engine.application import Application, build
from engine.cli import main
from engine.platform.clock import Clock, SystemClock
from engine.platform.provider_errors import SourceUnavailableError
from engine.platform.settings import Settings
from engine.workflow.jobs.valkey import socket_url
from engine.workflow.jobs.wakeup import Wakeup
from integrations.wiring import connect

BANK = "bank.accounts"
#: How long a source takes to answer, and after how long the client gives up a bank that hangs: seconds.
LATENCY, TIMEOUT = 0.1, 8.0
#: Environment of the workers: how many transactions the bank tells of each, or that it hangs.
TRANSACTIONS, HANGS = "HARVEST_TRANSACTIONS", "hangs"
#: A day of the month before last, so that every transaction lies in a whole month.
NEWEST = date(2026, 10, 31)
PAYEES = (("REMA 1000", "5411"), ("Ruter", "4111"), ("Apotek 1", "5912"), ("Vipps", ""), ("Fjellstrøm AS", ""))


class Channel:
    """A consent channel that says yes at once."""

    citizen_ends = False

    def __init__(self, name: str, title: Title) -> None:
        self.name, self.title = name, title

    def request(self, ask: ChannelAsk) -> ChannelReply:
        return ChannelReply(f"grant-{self.name}-{ask.reference}", ChannelState.ACTIVE)

    def state(self, grant: str, now: object) -> ChannelState:
        return ChannelState.ACTIVE

    def revoke(self, grant: str) -> None:
        return


def transactions(person: int, count: int, source: Source) -> tuple[Transaction, ...]:
    """What the bank tells of the citizen *person*: each with an id and an amount of its own."""
    return tuple(
        Transaction(
            f"{person}-{n}",
            f"{person:04}{n % 3:07}",
            NEWEST - timedelta(days=n % 180),
            -Decimal(100 + (person * 7919 + n * 104729) % 90_000) / 100,
            PAYEES[n % len(PAYEES)][0],
            "",
            source,
            mcc=PAYEES[n % len(PAYEES)][1],
        )
        for n in range(count)
    )


def told(data_set: str, person: int, count: int, at: datetime) -> Figures:
    """What a source tells of the citizen *person* when it is asked at *at*."""
    source = Source(data_set, data_set, at, "consent", "1")
    if data_set == BANK:
        accounts = tuple(
            Account(f"{person}-{n}", f"{person:04}{n:07}", f"Konto {n}", "", "PRIV", Sourced(Decimal(100), (source,)))
            for n in range(3)
        )
        return Figures(accounts=accounts, transactions=transactions(person, count, source))
    kinds = [DebtKind.CONSUMER_LOAN, DebtKind.CREDIT_CARD]
    debts = tuple(
        Debt(f"{data_set}:{n}", kinds[n % 2], f"{data_set} {n}", Sourced(Decimal(10_000 + person), (source,)))
        for n in range(3)
    )
    return Figures(debts=debts)


def _fetch(data_set: str, bank: str) -> Callable[[EvidenceRequest], Evidence]:
    def fetch(request: EvidenceRequest) -> Evidence:
        if data_set == BANK and bank == HANGS:
            time.sleep(TIMEOUT)
            raise SourceUnavailableError("timeout")
        time.sleep(LATENCY)
        count = 0 if bank == HANGS else int(bank)
        return Evidence(EvidenceState.ANSWERED, told(data_set, int(request.subject.pid), count, request.as_of))

    return fetch


def wire(settings: Settings, clock: Clock | None = None) -> Application:
    """As ``wsgi.wire``, with other sources and channels."""
    outside = connect(settings)
    bank = os.environ.get(TRANSACTIONS, "0")
    data_sets: dict[str, DataSet] = {
        name: replace(one, fetch=_fetch(name, bank)) for name, one in outside.data_sets.items()
    }
    hooks = task_type_registry.hooks(data_sets, {"party_id": "1", "name": "iBalanse"})
    redis_url = settings.redis_url or socket_url(settings)
    application = build(
        settings,
        clock=clock or SystemClock(),
        wakeup=Wakeup(redis_url, waiting=2 * settings.workers),
        redis_url=redis_url,
        data_sets=data_sets,
        channels={name: Channel(name, one.title) for name, one in outside.channels.items()},
        hooks=lambda key, element, task_type: hooks.get(task_type),
    )
    application.job_types.update(
        task_type_registry.jobs(application, outside.registers, outside.receivers, outside.events)
    )
    return application


def worker() -> int:
    """``ibalanse worker`` with this wiring."""
    return main.main(["worker"], wire=wire, prepare=wsgi.prepare, create_sandbox=wsgi.sandbox)
