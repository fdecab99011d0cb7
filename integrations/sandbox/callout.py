"""A receiver of the sandbox that processes may call without code: takes JSON, answers, and fails as set."""

from __future__ import annotations

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from engine.platform.strict_json import JsonError, loads
from integrations.sandbox import files
from integrations.sandbox.bearer import require
from integrations.sandbox.faults import failing

blueprint = Blueprint("callout", __name__, url_prefix="/mottak")
SCOPE = "ibalanse:mottak"


@blueprint.post("/saker")
@failing("callout", lambda: "")
def take() -> ResponseReturnValue:
    """Keep what came; the same key again is the same case, and gets the same answer."""
    require(SCOPE)
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return jsonify(title="Idempotency-Key is missing"), 400
    try:
        body = loads(request.get_data())
    except JsonError:
        return jsonify(title="not JSON"), 400
    known = files.read("callout")
    if key not in known:
        known[key] = {"number": len(known) + 1, "body": body}
        files.put("callout", key, known[key])
    number = known[key]["number"]
    return jsonify(reference=f"MOTTAK-{number}", status="received", accepted=True, result={"number": number})


@blueprint.get("/saker")
def show() -> ResponseReturnValue:
    """What has come, oldest first."""
    return jsonify([one["body"] for one in files.read("callout").values()])
