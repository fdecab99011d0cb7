"""Several banks and both debt registers: each institution of a list in settings is a source with its own consent."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from engine.advice.consent.channels import ChannelAsk
from engine.advice.evidence.datasets import EvidenceRequest, Subject
from engine.platform.settings import Settings, SettingsError
from integrations.sandbox.persons import person_by_key
from integrations.wiring import Integrations, connect
from tests.integrations.conftest import running_sandbox

ANNE = person_by_key("anne")
SUBJECT = Subject("anne", ANNE.pid, ANNE.name, ANNE.birth_date)


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Integrations]:
    """Two sandboxes: the bank and the register of the second are another bank and another register of the first."""
    with (
        running_sandbox(tmp_path_factory.mktemp("one")) as one,
        running_sandbox(tmp_path_factory.mktemp("two")) as two,
    ):
        env = {
            "IBALANSE_DATA": str(one.data_dir),
            "IBALANSE_SANDBOX_URL": one.sandbox_url,
            "IBALANSE_ENV": "test",
            "BANK_INSTITUTIONS": json.dumps([{"id": "annen", "name": "Annen Bank", "url": f"{two.sandbox_url}/bank"}]),
            "GJELDSREGISTER_INSTITUTIONS": json.dumps(
                [{"id": "to", "name": "Gjeldsregisteret AS", "url": f"{two.sandbox_url}/gjeldsregister"}]
            ),
            "GJELDSREGISTER_TO_CLIENT_SECRET": "sample-secret",
        }
        yield connect(Settings.from_env(env))


def answer(clients: Integrations, data_set_id: str):  # type: ignore[no-untyped-def]
    data_set = clients.data_sets[data_set_id]
    until = datetime.now(UTC) + timedelta(days=90)
    ask = ChannelAsk(
        str(uuid.uuid4()), SUBJECT, (data_set,), datetime.now(UTC), until, "http://localhost:8000/back", "nb"
    )
    reply = clients.channels[data_set.channel].request(ask)
    if reply.redirect:
        requests.post(reply.redirect, data={"accept": "1"}, allow_redirects=False, timeout=5)
    now = datetime.now(UTC)
    return data_set.fetch(EvidenceRequest(SUBJECT, reply.grant, "c", "i", now, now.date() - timedelta(days=60))).figures


@pytest.mark.parametrize("data_set", ["bank.accounts", "gjeldsregister.debts"])
def test_each_institution_answers_under_its_own_name_by_its_own_consent(clients: Integrations, data_set: str) -> None:
    (other,) = (name for name in clients.data_sets if name.startswith(f"{data_set}."))

    first, second = answer(clients, data_set), answer(clients, other)

    assert {debt.balance.value for debt in first.debts} == {debt.balance.value for debt in second.debts}
    assert not {debt.id for debt in first.debts} & {debt.id for debt in second.debts}
    told_by = {(s.data_set, s.provider) for debt in second.debts for s in debt.balance.sources}
    assert told_by == {(other, clients.data_sets[other].title.nb)}
    assert {debt.balance.sources[0].provider for debt in first.debts} != {clients.data_sets[other].title.nb}


def test_an_institution_is_called_by_its_name_on_pages_and_in_sentences(clients: Integrations) -> None:
    data_set = clients.data_sets["bank.accounts.annen"]
    assert data_set.title.nb == clients.channels[data_set.channel].title.nb == "Annen Bank"
    assert clients.channels["bank"].title.nb == "banken"


def test_one_institution_gives_nothing_by_anothers_consent(clients: Integrations) -> None:
    assert clients.channels["bank"] is not clients.channels["bank.annen"]
    assert clients.channels["norskgjeld"] is not clients.channels["norskgjeld.to"]


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ("not json", "must be JSON"),
        ('{"id": "a"}', "must be JSON"),
        ('[{"id": "a", "name": "A"}]', "must be JSON"),
        ('[{"id": "A b", "name": "A", "url": "https://a.test"}]', "small letters"),
        ('[{"id": "a", "name": " ", "url": "https://a.test"}]', "needs a name"),
        ('[{"id": "a", "name": "A", "url": "ftp://a.test"}]', "whole https address"),
        ('[{"id": "a", "name": "A", "url": "https://x@a.test"}]', "whole https address"),
        ('[{"id": "a", "name": "A", "url": "https://a.test", "token_url": "a"}]', "whole https address"),
        (
            '[{"id": "a", "name": "A", "url": "https://a.test"}, {"id": "a", "name": "B", "url": "https://b.test"}]',
            "twice",
        ),
    ],
)
def test_a_list_nobody_can_read_stops_start_up(told: str, why: str, tmp_path: Path) -> None:
    settings = Settings.from_env({"IBALANSE_DATA": str(tmp_path), "IBALANSE_ENV": "test", "BANK_INSTITUTIONS": told})
    with pytest.raises(SettingsError, match=f"BANK_INSTITUTIONS.*{why}"):
        connect(settings)
