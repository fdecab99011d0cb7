"""Norsk Gjeldsinformasjon of the sandbox, made from its OpenAPI and the examples on its pages, not from our client.

A loan has no id, and tells when its lender read it; ``installmentCharges`` is a fee; tokens are for one audience.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from flask import Blueprint, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from engine.platform.settings import Settings
from integrations.sandbox import files, keys
from integrations.sandbox.bearer import require
from integrations.sandbox.clock import now, today
from integrations.sandbox.faults import failing, fault_of
from integrations.sandbox.persons import person
from integrations.sandbox.persons.person import Loan

blueprint = Blueprint("gjeldsregister", __name__, url_prefix="/gjeldsregister")
UNSECURED = ("credit_card", "consumer_loan")
SCOPE = "debt.unsecured.presentation"
#: What a token for each scope is for.
AUDIENCES = {"consent.create": "/v1/consent/agreement", SCOPE: "/v1/debt"}
LIFE = 3599
#: Charged each month for having the loan, whatever it is: øre.
FEE = 45_00
READ_AT = time(3, 30, tzinfo=UTC)


def _api() -> str:
    return f"{current_app.config['SANDBOX_URL']}/gjeldsregister"


def _refused(status: int, error: str, description: str = "") -> ResponseReturnValue:
    answer = {"error": error, "timestamp": now().isoformat()}
    return jsonify({**answer, **({"error_description": description} if description else {})}), status


@blueprint.post("/oauth2/token")
def token() -> ResponseReturnValue:
    settings: Settings = current_app.config["SETTINGS"]
    ours = (settings.maskinporten.client_id, settings.provider_secret("gjeldsregister"))
    given = request.authorization
    if given is None or (given.username, given.password) != ours:
        return jsonify(error="invalid_client"), 401
    scope, audience = request.form.get("scope", ""), request.form.get("audience", "")
    if request.form.get("grant_type") != "client_credentials" or scope not in AUDIENCES:
        return jsonify(error="invalid_scope"), 400
    if audience != f"{_api()}{AUDIENCES[scope]}":
        return jsonify(error="invalid_request"), 400
    claims = {"scope": scope, "aud": audience, "client_id": given.username}
    signed = keys.sign(current_app.config["SANDBOX_DATA"], claims, LIFE)
    return jsonify(access_token=signed, token_type="bearer", scope=scope, expires_in=LIFE)


def _check(scope: str) -> None:
    if require(scope).get("aud") != f"{_api()}{AUDIENCES[scope]}":
        abort(403)


@blueprint.put("/v1/consent/agreement")
def agree() -> ResponseReturnValue:
    _check("consent.create")
    body = request.get_json(force=True)
    days = body.get("consent_duration_days")
    if person(str(body.get("nin", ""))) is None or body.get("scope_of_consent") != SCOPE or not isinstance(days, int):
        return _refused(400, "invalid_request")
    consent_id = hashlib.sha256(body["client_consent_id"].encode()).hexdigest()[:20]
    asked = {"pid": body["nin"], "days": days}
    known = files.read("gjeldsregister").get(consent_id)
    if known is not None and known["pid"] != asked["pid"]:
        return _refused(409, "conflict")
    ends = datetime.combine(today() + timedelta(days=days), time(0), UTC)
    if known is None:
        files.put("gjeldsregister", consent_id, {**asked, "active": True, "ends": int(ends.timestamp())})
    return jsonify(
        client_consent_id=body["client_consent_id"],
        consent={"id": consent_id, "expires_at": ends.isoformat(), "scope_of_consent": SCOPE},
    )


def _consent(consent_id: str) -> dict[str, Any]:
    found: dict[str, Any] = files.read("gjeldsregister").get(consent_id) or abort(403)
    over = found.get("ends", 2**40) <= datetime.combine(today(), time(0), UTC).timestamp()
    return {**found, "active": found["active"] and not over}


def _key() -> str:
    someone = person(_consent(request.view_args["consent_id"])["pid"]) if request.view_args else None
    return someone.key if someone else ""


@blueprint.get("/v1/debt/<consent_id>/status")
def status(consent_id: str) -> ResponseReturnValue:
    _check(SCOPE)
    consent = _consent(consent_id)
    return jsonify(active=consent["active"], expires_at=consent.get("ends", 2**40))


@blueprint.delete("/v1/debt/<consent_id>")
def end(consent_id: str) -> ResponseReturnValue:
    _check(SCOPE)
    consent = _consent(consent_id)
    if not consent["active"]:
        return _refused(403, "invalid consent", "Consent is no longer active")
    files.put("gjeldsregister", consent_id, {**consent, "active": False})
    return "", 204


@blueprint.get("/v1/debt/<consent_id>")
@failing("gjeldsregister", _key)
def debt(consent_id: str) -> ResponseReturnValue:
    _check(SCOPE)
    consent = _consent(consent_id)
    someone = person(consent["pid"])
    if not consent["active"] or someone is None:
        return _refused(403, "invalid consent", "Consent is no longer active")
    silent = someone.silent_creditor if fault_of("gjeldsregister", someone.key) == "creditor_silent" else ""
    loans = [
        {"creditorName": loan.lender, "loan": None if loan.lender == silent else _loan(number, loan)}
        for number, loan in enumerate(loan for loan in someone.loans if loan.kind in UNSECURED)
    ]
    missing = sum(entry["loan"] is None for entry in loans)
    return jsonify(
        consent={"id": consent_id, "exp": consent.get("ends", 2**40), "scope": SCOPE},
        ssn=someone.pid,
        loans=loans[::-1],
        numberOfCreditorsAnswered=len(loans) - missing,
        numberOfcreditorsMissing=missing,
    )


def _loan(number: int, loan: Loan) -> dict[str, Any]:
    """Every other lender gives the copy it made the day before: the register keeps it when the lender is silent."""
    read = datetime.combine(today() - timedelta(days=number % 2), READ_AT)
    common = {
        "timestamp": read.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "coBorrower": 0,
        "nominalInterestRate": int(Decimal(loan.rate) * 100),
        "installmentCharges": FEE,
        "installmentChargePeriod": "MONTHLY",
    }
    if loan.kind == "credit_card":
        borrowed = loan.balance * 100
        bearing = borrowed * 9 // 10
        limits = {"creditLimit": loan.limit * 100, "interestBearingBalance": bearing}
        return {"type": "creditFacility", **common, **limits, "nonInterestBearingBalance": borrowed - bearing}
    balances = {"originalBalance": loan.original * 100, "balance": (loan.registered or loan.balance) * 100}
    return {"type": "repaymentLoan", **common, **balances, "terms": loan.terms}
