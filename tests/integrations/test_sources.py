"""Every source's client against its stand-in over real HTTP, and every fault against the right error."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import requests
from werkzeug.serving import make_server

from engine.advice.consent.channels import ChannelAsk, ChannelState
from engine.advice.economy.figures import DebtKind
from engine.advice.evidence.datasets import EvidenceRequest, EvidenceState, Subject
from engine.platform.provider_errors import SourceBrokenError, SourceRefusedError, SourceUnavailableError
from engine.platform.settings import Settings
from integrations.sandbox import faults
from integrations.sandbox.app import create_sandbox
from integrations.sandbox.persons import person_by_key
from integrations.wiring import Integrations, connect


class World:
    """A running sandbox and the clients that face it."""

    def __init__(self, settings: Settings) -> None:
        self.url = settings.sandbox_url
        self.clients: Integrations = connect(settings)

    def subject(self, key: str) -> Subject:
        someone = person_by_key(key)
        return Subject(key, someone.pid, someone.name, someone.birth_date)

    def grant(self, channel: str, key: str) -> str:
        """Consent given and approved at the source, as the citizen would."""
        sets = tuple(s for s in self.clients.data_sets.values() if s.channel == channel)
        reference = str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{channel}/{key}"))
        until = datetime.now(UTC) + timedelta(days=90)
        ask = ChannelAsk(
            reference, self.subject(key), sets, datetime.now(UTC), until, "http://localhost:8000/back", "nb"
        )
        reply = self.clients.channels[channel].request(ask)
        if reply.redirect:
            requests.post(reply.redirect, data={"accept": "1"}, allow_redirects=False, timeout=5)
        assert self.clients.channels[channel].state(reply.grant, datetime.now(UTC)) is ChannelState.ACTIVE
        return reply.grant

    def fetch(self, data_set: str, key: str, grant: str):  # type: ignore[no-untyped-def]
        now = datetime.now(UTC)
        since = (now - timedelta(days=190)).date().replace(day=1)
        request = EvidenceRequest(self.subject(key), grant, "c", "i", now, since)
        return self.clients.data_sets[data_set].fetch(request)

    def fault(self, source: str, key: str, kind: str) -> None:
        requests.put(f"{self.url}/faults/{source}/{key}", json={"kind": kind}, timeout=5).raise_for_status()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    data: Path = tmp_path_factory.mktemp("sandbox")
    probe = make_server("127.0.0.1", 0, lambda e, s: [])
    port = probe.server_port
    probe.server_close()
    settings = Settings.from_env(
        {"IBALANSE_DATA": str(data), "IBALANSE_SANDBOX_URL": f"http://127.0.0.1:{port}", "IBALANSE_ENV": "test"}
    )
    server = make_server("127.0.0.1", port, create_sandbox(settings), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield World(settings)
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def no_faults(world: World) -> None:
    requests.delete(f"{world.url}/faults", timeout=5)


def test_the_bank_tells_accounts_loans_cards_and_every_page_of_transactions(world: World) -> None:
    answer = world.fetch("bank.accounts", "anne", world.grant("bank", "anne"))

    assert answer.state is EvidenceState.ANSWERED
    assert len(answer.figures.accounts) == 2
    assert [(d.kind, d.creditor, d.balance.value) for d in answer.figures.debts] == [
        (DebtKind.CONSUMER_LOAN, "Eksempelbanken", 48200)
    ]
    assert answer.figures.record_gaps == ()
    assert len(answer.figures.transactions) > 100
    assert any(t.amount > 0 for t in answer.figures.transactions)


def test_the_bank_tells_its_card_as_it_is_drawn_and_what_was_bought_with_it(world: World) -> None:
    someone = person_by_key("tone")
    (loan,) = (one for one in someone.loans if one.kind == "credit_card")

    answer = world.fetch("bank.accounts", "tone", world.grant("bank", "tone"))

    card = next(d for d in answer.figures.debts if d.kind is DebtKind.CREDIT_CARD)
    assert (card.creditor, card.balance.value, card.limit.value) == ("Eksempelbanken", loan.balance, loan.limit)
    bought = [t for t in answer.figures.transactions if t.card]
    assert bought and all(t.amount < 0 and t.mcc for t in bought)


def test_the_bank_gives_nothing_without_a_valid_consent(world: World) -> None:
    grant = world.grant("bank", "truls")
    world.clients.channels["bank"].revoke(grant)

    with pytest.raises(SourceRefusedError):
        world.fetch("bank.accounts", "truls", grant)


def test_the_debt_register_turns_ore_and_hundredths_of_per_cent(world: World) -> None:
    answer = world.fetch("gjeldsregister.debts", "anne", world.grant("norskgjeld", "anne"))

    card = next(d for d in answer.figures.debts if d.creditor == "Eksempel Kreditt")
    assert card.rate is not None and card.fee is not None and card.limit is not None
    assert (card.balance.value, card.rate.value, card.fee.value, card.limit.value) == (
        64300,
        Decimal("21.9"),
        45,
        65000,
    )
    assert card.monthly is None, "the register tells a fee, not what is paid each month"


def test_a_creditor_that_did_not_answer_is_named_and_not_zero(world: World) -> None:
    world.fault("gjeldsregister", "anne", "creditor_silent")

    answer = world.fetch("gjeldsregister.debts", "anne", world.grant("norskgjeld", "anne"))

    assert answer.state is EvidenceState.PARTIAL
    assert answer.missing == ("Kortbanken Eksempel",)
    assert "Kortbanken Eksempel" not in {d.creditor for d in answer.figures.debts}


def test_altinn_consent_opens_skatteetaten_and_lanekassen(world: World) -> None:
    grant = world.grant("altinn", "anne")

    assert world.fetch("skatteetaten.income", "anne", grant).figures.incomes
    assert world.fetch("skatteetaten.taxbase", "anne", grant).figures.tax
    claims = world.fetch("skatteetaten.claims", "anne", grant).figures.debts
    assert [c.kind for c in claims] == [DebtKind.FINE]
    loan = world.fetch("lanekassen.loans", "anne", grant).figures.debts[0]
    assert loan.balance.value == 187400
    assert loan.principal.value + loan.interest.value == loan.balance.value


def test_another_persons_consent_opens_nothing(world: World) -> None:
    grant = world.grant("altinn", "anne")

    with pytest.raises(SourceRefusedError):
        world.fetch("skatteetaten.income", "truls", grant)


def test_collectors_tell_principal_interest_and_costs(world: World) -> None:
    claim = world.fetch("inkasso.claims", "anne", "mandate-1").figures.debts[0]

    assert claim.principal.value + claim.interest.value + claim.costs.value == claim.balance.value


def test_land_register_business_register_and_nav_answer(world: World) -> None:
    home = world.fetch("kartverket.property", "andreas", "mandate-1").figures.assets[0]
    assert (home.value, str(home.share)) == (None, "0.5")
    assert [e.form for e in world.fetch("brreg.enterprises", "andreas", "").figures.enterprises] == ["ENK"]
    assert world.fetch("brreg.enterprises", "anne", "").state is EvidenceState.EMPTY
    paid = world.fetch("nav.benefits", "mona", "mandate-1").figures.incomes[0]
    assert paid.attached.value == 1500


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("error", SourceUnavailableError),
        ("garbage", SourceBrokenError),
        ("half", (SourceBrokenError, SourceUnavailableError)),
        ("refuses", SourceRefusedError),
    ],
)
@pytest.mark.parametrize(
    ("source", "data_set", "channel"),
    [
        ("bank", "bank.accounts", "bank"),
        ("gjeldsregister", "gjeldsregister.debts", "norskgjeld"),
        ("lanekassen", "lanekassen.loans", "altinn"),
        ("skatteetaten.income", "skatteetaten.income", "altinn"),
        ("skatteetaten.taxbase", "skatteetaten.taxbase", "altinn"),
        ("skatteetaten.claims", "skatteetaten.claims", "altinn"),
        ("inkasso", "inkasso.claims", ""),
        ("kartverket", "kartverket.property", ""),
        ("brreg", "brreg.enterprises", ""),
        ("nav", "nav.benefits", ""),
    ],
)
def test_each_fault_of_each_source_becomes_the_right_error(
    world: World, source: str, data_set: str, channel: str, kind: str, error: type[Exception]
) -> None:
    grant = world.grant(channel, "anne") if channel else "mandate-1"
    world.fault(source, "*", kind)

    with pytest.raises(error):
        world.fetch(data_set, "anne", grant)


def test_a_source_that_hangs_is_given_up_in_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "HANG_SECONDS", 12)
    world.fault("nav", "anne", "hangs")

    with pytest.raises(SourceUnavailableError, match="timeout"):
        world.fetch("nav.benefits", "anne", "mandate-1")
