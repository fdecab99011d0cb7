"""Altinn Events of the sandbox: takes events, keeps them, and shows what has come."""

from __future__ import annotations

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from engine.platform.strict_json import JsonError, loads
from integrations.sandbox import files
from integrations.sandbox.bearer import require

blueprint = Blueprint("altinn_events", __name__, url_prefix="/altinn/events/api/v1")
SCOPE = "altinn:events.publish"
REQUIRED = ("specversion", "id", "source", "type", "resource")


@blueprint.post("/events")
def take() -> ResponseReturnValue:
    """Keep the event; the same id and source twice is one event (CloudEvents 1.0, 3.1.1)."""
    require(SCOPE)
    if request.mimetype != "application/cloudevents+json":
        return jsonify(title="application/cloudevents+json is expected"), 415
    try:
        event = loads(request.get_data())
    except JsonError:
        return jsonify(title="not JSON"), 400
    fields = event if isinstance(event, dict) else {}
    missing = [name for name in REQUIRED if not fields.get(name)]
    if missing or fields["specversion"] != "1.0":
        return jsonify(title="not a CloudEvent 1.0", missing=missing), 400
    key = f"{fields['source']} {fields['id']}"
    if key not in files.read("events"):
        files.put("events", key, fields)
    return jsonify(fields["id"])


@blueprint.get("/events")
def show() -> ResponseReturnValue:
    """What has come, oldest first; narrowed by ``type``."""
    wanted = request.args.get("type", "")
    return jsonify([event for event in files.read("events").values() if wanted in ("", event["type"])])
