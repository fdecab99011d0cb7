"""Altinn Notifications of the sandbox: takes orders for the people of the sandbox, sends them at once, shows them."""

from __future__ import annotations

import uuid

from flask import Blueprint, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from engine.platform.strict_json import JsonError, loads
from integrations.sandbox import files
from integrations.sandbox.bearer import require
from integrations.sandbox.persons import all_persons

blueprint = Blueprint("altinn_notifications", __name__, url_prefix="/altinn/notifications/api/v1/future")
SCOPE = "altinn:serviceowner/notifications.create"


@blueprint.post("/orders")
def take() -> ResponseReturnValue:
    """201 the first time, 200 with the same shipment after that; 422 for somebody the contact register lacks."""
    require(SCOPE)
    try:
        order = loads(request.get_data())
    except JsonError:
        return jsonify(status=400, title="not JSON"), 400
    fields = order if isinstance(order, dict) else {}
    recipient = fields.get("recipient")
    person = recipient.get("recipientPerson") if isinstance(recipient, dict) else None
    key = fields.get("idempotencyId")
    if not isinstance(key, str) or not isinstance(person, dict) or not person.get("channelSchema"):
        return jsonify(status=400, title="an order needs an idempotencyId and a recipient"), 400
    known = files.read("notifications")
    if key not in known:
        if person.get("nationalIdentityNumber") not in {one.pid for one in all_persons()}:
            return jsonify(status=422, code="NOT-00001", detail="Missing contact information for recipient(s)"), 422
        body = {
            "shipmentId": str(uuid.uuid5(uuid.NAMESPACE_URL, key)),
            "sendersReference": fields.get("sendersReference", ""),
            "at": current_app.config["CLOCK"].now().isoformat(),
        }
        files.put("notifications", key, body)
        return _answer(body, 201)
    return _answer(known[key])


def _answer(order: dict[str, str], status: int = 200) -> ResponseReturnValue:
    shipment = {name: order[name] for name in ("shipmentId", "sendersReference")}
    return jsonify(notificationOrderId=order["shipmentId"], notification=shipment), status


@blueprint.get("/shipment/<shipment>")
def status(shipment: str) -> ResponseReturnValue:
    require(SCOPE)
    order = next((one for one in files.read("notifications").values() if one["shipmentId"] == shipment), None)
    if order is None:
        return jsonify(status=404, code="NOT-00003"), 404
    recipient = {"type": "Email", "status": "Email_Delivered", "lastUpdate": order["at"]}
    return jsonify(
        shipmentId=shipment,
        sendersReference=order["sendersReference"],
        type="Notification",
        status="Order_Completed",
        lastUpdate=order["at"],
        recipients=[recipient],
    )
