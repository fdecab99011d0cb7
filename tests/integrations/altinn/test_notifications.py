"""Notices handed to Altinn Notifications: one order for each key, told as sent only when Altinn says so."""

from __future__ import annotations

import pytest

from engine.casework.letter_notices import NoticeState
from engine.platform.settings import Settings
from integrations.altinn import notifications
from integrations.record import Record
from integrations.sandbox.persons import all_persons
from integrations.wiring import connect


def test_a_notice_is_sent_once_for_its_key_and_nobody_is_reached_without_an_address(sandbox: Settings) -> None:
    notifier = connect(sandbox).notifications
    pid = next(iter(all_persons())).pid

    first = notifier.notify(pid, key="one", reference="letter-1", language="nn")
    again = notifier.notify(pid, key="one", reference="letter-1", language="nn")
    assert first.state is NoticeState.SENT and first.at is not None and first == again
    unknown = notifier.notify("21818297804", key="two", reference="letter-2", language="nb")
    assert (unknown.state, unknown.code) == (NoticeState.UNREACHABLE, "no_contact_address")


@pytest.mark.parametrize(
    ("order", "recipients", "state"),
    [
        ("Order_Registered", [], NoticeState.ON_ITS_WAY),
        ("Order_Processed", ["Email_Sending"], NoticeState.ON_ITS_WAY),
        ("Order_Processed", ["Email_Succeeded", "SMS_New"], NoticeState.SENT),
        ("Order_Completed", ["Email_Delivered"], NoticeState.SENT),
        ("Order_Completed", ["Email_Failed_Bounced"], NoticeState.UNREACHABLE),
        ("Order_Completed", ["Email_Failed", "SMS_Delivered"], NoticeState.SENT),
        ("Order_Completed", ["SMS_Failed_RecipientReserved"], NoticeState.UNREACHABLE),
        ("Order_Cancelled", [], NoticeState.UNREACHABLE),
    ],
)
def test_only_what_went_out_counts_as_sent(order: str, recipients: list[str], state: NoticeState) -> None:
    shipment = {
        "status": order,
        "recipients": [{"status": one, "lastUpdate": "2026-02-04T11:33:09.64992Z"} for one in recipients],
    }

    assert notifications._state(Record(shipment)).state is state


def test_the_order_respects_reservations_and_names_nothing_of_the_case() -> None:
    client = notifications.AltinnNotifications("http://altinn", None, None, "http://here/saken-min")  # type: ignore[arg-type]
    for language in ("nb", "nn", "en", "se"):
        person = client._order("21818297804", "key", "ref", language)["recipient"]["recipientPerson"]  # type: ignore[index]
        text = person["emailSettings"]["body"] + person["emailSettings"]["subject"] + person["smsSettings"]["body"]
        assert person["ignoreReservation"] is False and "http://here/saken-min" in text
        assert not {"gjeld", "debt", "Nav", "vedtak"} & set(text.replace(".", " ").split())
