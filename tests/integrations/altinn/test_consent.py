"""Altinn's consent: its requests and answers as it documents them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest

from engine.advice.consent.channels import ChannelAsk, ChannelState
from engine.advice.economy.figures import Figures
from engine.advice.evidence.datasets import DataSet, Evidence, EvidenceRequest, EvidenceState, Subject
from engine.platform.provider_errors import SourceBrokenError
from integrations.altinn.consent import AltinnConsentChannel
from integrations.skatteetaten.metadata import INCOME, TAX_BASE
from tests.integrations.fake_provider import FakeProvider, example

ASKED = example("altinn/request-inntekt-og-skattegrunnlag")
CREATED, ACCEPTED = example("altinn/response-created"), example("altinn/status-accepted")
PATH = "/accessmanagement/api/v1/enterprise/consentrequests"
#: A day on which the history that is asked for begins where that of the published request does.
THEN = datetime(2024, 5, 20, 9, tzinfo=UTC)


class Tokens:
    """Maskinporten, which gives what is asked for."""

    def token(self, scope: str) -> str:
        return scope


def channel(answers: Mapping[str, object]) -> AltinnConsentChannel:
    there = FakeProvider(answers)
    return AltinnConsentChannel(
        "https://platform.altinn.test", "991825827", there, Tokens(), {"inntektsaar": lambda ask: "2023"}
    )  # type: ignore[arg-type]


def nothing(asked: EvidenceRequest) -> Evidence:
    return Evidence(EvidenceState.EMPTY, Figures())


def ask() -> ChannelAsk:
    fields = [{one.name: getattr(told, one.name) for one in dataclasses.fields(told)} for told in (INCOME, TAX_BASE)]
    wanted = tuple(DataSet(**one, fetch=nothing) for one in fields)
    subject = Subject("person", ASKED["from"].rpartition(":")[2], "Anne", date(1990, 1, 1))
    until = datetime(2024, 12, 18, tzinfo=UTC)
    return ChannelAsk(ASKED["id"], subject, wanted, THEN, until, ASKED["redirectUrl"], "nb")


def test_a_request_has_a_right_for_each_data_set_with_all_its_text_wants_to_know() -> None:
    bodies: list[dict[str, object]] = []

    def created(json: dict[str, object], **_: object) -> object:
        bodies.append(json)
        return CREATED

    reply = channel({PATH: created}).request(ask())

    (body,) = bodies
    published = {name: ASKED[name] for name in ("id", "from", "to", "redirectUrl")}
    assert {name: body[name] for name in published} == published
    year = {"metadata": {"inntektsaar": "2023"}}  # the newest there can be on that day, not that of the example
    assert body["consentRights"] == [
        {**ASKED["consentRights"][0], "metadata": {"fraogmed": "2023-11", "tilogmed": "2024-12"}},
        {**ASKED["consentRights"][1], **year},
    ]
    assert set(body) == set(ASKED), "no field that Altinn does not document"
    assert (reply.grant, reply.redirect) == (ASKED["id"], CREATED["viewUri"])


def test_an_answer_without_status_is_read_by_its_newest_event() -> None:
    assert channel({PATH: CREATED}).request(ask()).state is ChannelState.PENDING
    assert channel({f"{PATH}/g": ACCEPTED}).state("g", THEN) is ChannelState.ACTIVE
    shuffled = {**ACCEPTED, "consentRequestEvents": ACCEPTED["consentRequestEvents"][::-1]}
    assert channel({f"{PATH}/g": shuffled}).state("g", THEN) is ChannelState.ACTIVE


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("Created", ChannelState.PENDING),
        ("Accepted", ChannelState.ACTIVE),
        ("Rejected", ChannelState.REFUSED),
        ("Revoked", ChannelState.REVOKED),
        ("Deleted", ChannelState.REVOKED),
        ("Expired", ChannelState.EXPIRED),
    ],
)
def test_a_status_says_more_than_the_events(status: str, state: ChannelState) -> None:
    assert channel({f"{PATH}/g": {**ACCEPTED, "status": status}}).state("g", THEN) is state


@pytest.mark.parametrize("told", [{}, {"status": "Sleeping"}, {"consentRequestEvents": []}, [], None])
def test_an_answer_that_tells_no_state_is_broken(told: object) -> None:
    with pytest.raises(SourceBrokenError):
        channel({f"{PATH}/g": told}).state("g", THEN)


def test_only_the_citizen_can_end_it() -> None:
    assert channel({}).citizen_ends
