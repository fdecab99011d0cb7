"""Norsk Gjeldsinformasjon of the sandbox."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any

from flask import Blueprint, abort, current_app, jsonify, request

from engine.platform.settings import Settings
from integrations.sandbox import files, keys
from integrations.sandbox.bearer import require
from integrations.sandbox.faults import failing, fault_of
from integrations.sandbox.persons import person
from integrations.sandbox.persons.person import Loan

blueprint = Blueprint("gjeldsregister", __name__, url_prefix="/gjeldsregister")
UNSECURED = ("credit_card", "consumer_loan")


@blueprint.post("/oauth2/token")
def token() -> Any:
    settings: Settings = current_app.config["SETTINGS"]
    ours = (settings.maskinporten.client_id, settings.provider_secret("gjeldsregister"))
    given = request.authorization
    if given is None or (given.username, given.password) != ours:
        return jsonify(error="invalid_client"), 401
    claims = {"scope": request.form.get("scope", ""), "client_id": given.username}
    signed = keys.sign(current_app.config["SANDBOX_DATA"], claims, 60)
    return jsonify(access_token=signed, token_type="bearer", expires_in=60)


@blueprint.put("/v1/consent/agreement")
def agree() -> Any:
    require("consent.create")
    body = request.get_json(force=True)
    if person(str(body.get("nin", ""))) is None or body.get("scope_of_consent") != "debt.unsecured.presentation":
        return jsonify(error="invalid_request"), 400
    consent_id = hashlib.sha256(body["client_consent_id"].encode()).hexdigest()[:20]
    if consent_id not in files.read("gjeldsregister"):
        files.put("gjeldsregister", consent_id, {"pid": body["nin"], "active": True})
    return jsonify(client_consent_id=body["client_consent_id"], consent={"id": consent_id, "scope_of_consent": "debt"})


def _consent(consent_id: str) -> dict[str, Any]:
    found: dict[str, Any] = files.read("gjeldsregister").get(consent_id) or abort(403)
    return found


def _key() -> str:
    someone = person(_consent(request.view_args["consent_id"])["pid"]) if request.view_args else None
    return someone.key if someone else ""


@blueprint.get("/v1/debt/<consent_id>/status")
def status(consent_id: str) -> Any:
    require("debt")
    return jsonify(active=_consent(consent_id)["active"], expires_at=1893456000)


@blueprint.delete("/v1/debt/<consent_id>")
def end(consent_id: str) -> Any:
    require("debt")
    files.put("gjeldsregister", consent_id, {**_consent(consent_id), "active": False})
    return "", 204


@blueprint.get("/v1/debt/<consent_id>")
@failing("gjeldsregister", _key)
def debt(consent_id: str) -> Any:
    require("debt")
    consent = _consent(consent_id)
    someone = person(consent["pid"])
    if not consent["active"] or someone is None:
        return jsonify(error="consent_inactive"), 403
    silent = someone.silent_creditor if fault_of("gjeldsregister", someone.key) == "creditor_silent" else ""
    loans = [
        {"creditorName": loan.lender, "loan": None if loan.lender == silent else _loan(number, loan)}
        for number, loan in enumerate(someone.loans)
        if loan.kind in UNSECURED
    ]
    missing = sum(entry["loan"] is None for entry in loans)
    return jsonify(
        consent={"id": consent_id, "scope": "debt.unsecured.presentation"},
        ssn=someone.pid,
        loans=loans,
        numberOfCreditorsAnswered=len(loans) - missing,
        numberOfcreditorsMissing=missing,
    )


def _loan(number: int, loan: Loan) -> dict[str, Any]:
    common = {
        "id": f"ngi-{number}",
        "nominalInterestRate": int(Decimal(loan.rate) * 100),
        "installmentCharges": loan.monthly * 100,
        "installmentChargePeriod": "MONTHLY",
        "coBorrower": 0,
    }
    if loan.kind == "credit_card":
        limits = {"creditLimit": loan.limit * 100, "interestBearingBalance": loan.balance * 100}
        return {**common, "type": "creditFacility", **limits, "nonInterestBearingBalance": 0}
    balances = {"originalBalance": loan.original * 100, "balance": loan.balance * 100}
    return {**common, "type": "repaymentLoan", **balances, "terms": loan.terms}
