"""The made-up source of the sandbox: one loan, for whoever asks."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from integrations.sandbox.faults import failing

blueprint = Blueprint("made_up_source", __name__, url_prefix="/made_up_source")


@blueprint.get("/loans")
@failing("made_up_source", lambda: "")
def loans() -> ResponseReturnValue:
    return jsonify([{"number": "1", "lender": "Oppdiktet lån", "owed": 7000}])
