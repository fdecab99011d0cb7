"""The made-up source of the sandbox: one loan, for whoever asks."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify

from integrations.sandbox.faults import failing

blueprint = Blueprint("made_up_source", __name__, url_prefix="/made_up_source")


@blueprint.get("/loans")
@failing("made_up_source", lambda: "")
def loans() -> Any:
    return jsonify([{"number": "1", "lender": "Oppdiktet lån", "owed": 7000}])
