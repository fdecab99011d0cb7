"""Altinn Notifications: a notice to a person at the address the contact register has, and what became of it.

POST /notifications/api/v1/future/orders takes an order once for each ``idempotencyId`` and gives the same shipment
again; GET /future/shipment/{id} tells how far it has come. Altinn looks the address up itself and respects that a
person has reserved themselves. The text goes unencrypted: it names no debt and no office.
"""

from __future__ import annotations

from datetime import datetime

from engine.casework.letter_notices import NoticeReply, NoticeState
from integrations.http import HttpClient
from integrations.maskinporten.client import MaskinportenClient
from integrations.record import Record

SCOPE = "altinn:serviceowner/notifications.create"
#: The order was sent to somebody: accepted by who carries it, or delivered.
SENT = frozenset({"Email_Succeeded", "Email_Delivered", "SMS_Accepted", "SMS_Delivered"})
#: The order is on its way still.
WAITING = frozenset({"Email_New", "Email_Sending", "SMS_New", "SMS_Sending"})
_ORDERS_WAITING = frozenset({"Order_Registered", "Order_Processing", "Order_Processed"})
_TEXTS = {
    "nb": ("Du har fått et brev", "Du har fått et nytt brev fra det offentlige. Logg inn på {url} for å lese det."),
    "nn": ("Du har fått eit brev", "Du har fått eit nytt brev frå det offentlege. Logg inn på {url} for å lese det."),
    "en": ("You have a letter", "You have a new letter from a public authority. Log in at {url} to read it."),
}


class AltinnNotifications:
    """Sends notices of letters. *address* is where the citizen reads them."""

    def __init__(self, base_url: str, http: HttpClient, maskinporten: MaskinportenClient, address: str) -> None:
        self._url = f"{base_url}/notifications/api/v1/future"
        self._http = http
        self._maskinporten = maskinporten
        self._address = address

    def notify(self, pid: str, *, key: str, reference: str, language: str) -> NoticeReply:
        """Raises ``SourceError``. Nobody at the address: an answer, not an error."""
        headers = {"Authorization": f"Bearer {self._maskinporten.token(SCOPE)}"}
        answer = self._http.post(
            f"{self._url}/orders",
            json=self._order(pid, key, reference, language),
            headers=headers,
            expected=frozenset({200, 201, 422}),
        )
        if answer.status == 422:
            return NoticeReply(NoticeState.UNREACHABLE, code="no_contact_address")
        shipment = Record(answer.json()).record("notification").text("shipmentId")
        return _state(Record(self._http.get(f"{self._url}/shipment/{shipment}", headers=headers).json()))

    def _order(self, pid: str, key: str, reference: str, language: str) -> dict[str, object]:
        subject, text = _TEXTS.get(language, _TEXTS["nb"])
        body = text.format(url=self._address)
        return {
            "idempotencyId": key,
            "sendersReference": reference,
            "recipient": {
                "recipientPerson": {
                    "nationalIdentityNumber": pid,
                    "channelSchema": "EmailPreferred",
                    "ignoreReservation": False,
                    "emailSettings": {"subject": subject, "body": body, "contentType": "Plain"},
                    "smsSettings": {"body": body, "sendingTimePolicy": "Daytime"},
                }
            },
        }


def _state(shipment: Record) -> NoticeReply:
    """One address reached is enough; none left that is on its way, and nobody was."""
    recipients = shipment.records("recipients")
    sent = [one for one in recipients if one.text("status") in SENT]
    if sent:
        return NoticeReply(
            NoticeState.SENT, min((at for one in sent if (at := _moment(one)) is not None), default=None)
        )
    waits = any(one.text("status") in WAITING for one in recipients)
    if waits or not recipients and shipment.text("status") in _ORDERS_WAITING:
        return NoticeReply(NoticeState.ON_ITS_WAY)
    code = recipients[0].text("status") if recipients else shipment.text("status")
    return NoticeReply(NoticeState.UNREACHABLE, code=code)


def _moment(recipient: Record) -> datetime | None:
    """When its status was set; ``None`` where it cannot be read."""
    try:
        found = datetime.fromisoformat(recipient.text("lastUpdate"))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
