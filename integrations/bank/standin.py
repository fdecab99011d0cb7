"""Eksempelbanken: every account of every sandbox person in Berlin Group AIS 1.3.11, with its own approval page.

Made from the standard's OpenAPI and the examples in it, not from our client: identifiers are opaque and live no longer
than the consent, balances come on request, links begin with the bank's own prefix, a payment's KID is an object, the
merchant's code is known of card purchases only, and an account is called what the product is called, not who lends.
Own design: the approval page, and what the people's habits are.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, current_app, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from integrations.sandbox import files
from integrations.sandbox.clock import today
from integrations.sandbox.faults import failing
from integrations.sandbox.movements import amount_of, iban, movements, purchases
from integrations.sandbox.persons import Person, person
from integrations.sandbox.persons.catalogue import deposit_account, loan_account
from integrations.sandbox.persons.person import Loan

blueprint = Blueprint("bank", __name__, url_prefix="/bank")
NAME = "Eksempelbanken"
PREFIX = "/bank/v1"
PAGE = 100
PRODUCTS = {"mortgage": "Boliglån", "car_loan": "Billån", "consumer_loan": "Forbrukslån"}
WANTED = ("access", "recurringIndicator", "validUntil", "frequencyPerDay")


def _error(status: int, code: str) -> ResponseReturnValue:
    return jsonify(tppMessages=[{"category": "ERROR", "code": code}]), status


def _consent(consent_id: str) -> dict[str, Any] | None:
    return files.read("bank").get(consent_id)


@blueprint.post("/v1/consents")
def create() -> ResponseReturnValue:
    someone = person(request.headers.get("PSU-ID", ""))
    body = request.get_json(force=True)
    told = request.headers.get("X-Request-ID") and request.headers.get("PSU-IP-Address")
    if someone is None or not told or any(name not in body for name in WANTED):
        return _error(400, "FORMAT_ERROR")
    consent_id = secrets.token_urlsafe(18)
    consent = {
        "pid": someone.pid,
        "status": "received",
        "asked": {name: body[name] for name in WANTED},
        "validUntil": body["validUntil"],
        "redirect": request.headers.get("TPP-Redirect-URI", ""),
    }
    files.put("bank", consent_id, consent)
    base = f"{current_app.config['SANDBOX_URL']}/bank"
    links = {
        "scaRedirect": {"href": f"{base}/sca/{consent_id}"},
        "self": {"href": f"{PREFIX}/consents/{consent_id}"},
        "status": {"href": f"{PREFIX}/consents/{consent_id}/status"},
    }
    answer = jsonify(consentId=consent_id, consentStatus="received", _links=links)
    answer.headers["ASPSP-SCA-Approach"] = "REDIRECT"
    return answer, 201


@blueprint.get("/v1/consents/<consent_id>")
def show(consent_id: str) -> ResponseReturnValue:
    consent = _consent(consent_id)
    if consent is None:
        return _error(403, "CONSENT_UNKNOWN")
    return jsonify(**consent["asked"], lastActionDate=today().isoformat(), consentStatus=consent["status"])


@blueprint.get("/v1/consents/<consent_id>/status")
def status(consent_id: str) -> ResponseReturnValue:
    consent = _consent(consent_id)
    return jsonify(consentStatus=consent["status"]) if consent else _error(403, "CONSENT_UNKNOWN")


@blueprint.delete("/v1/consents/<consent_id>")
def terminate(consent_id: str) -> ResponseReturnValue:
    consent = _consent(consent_id)
    if consent is None:
        return _error(404, "RESOURCE_UNKNOWN")
    files.put("bank", consent_id, {**consent, "status": "terminatedByTpp"})
    return "", 204


@blueprint.get("/sca/<consent_id>")
def sca(consent_id: str) -> ResponseReturnValue:
    consent = _consent(consent_id) or abort(404)
    return render_template(
        "consent.html",
        title=f"{NAME}: Gi innsyn i kontoene dine",
        giver=person(consent["pid"]),
        items=["Kontoene, kortene og lånene dine", "Det som er gått inn og ut siste måneder"],
        valid_to=consent["validUntil"],
        decided=consent["status"] != "received",
        redirect_url=consent["redirect"],
    )


@blueprint.post("/sca/<consent_id>")
def approve(consent_id: str) -> ResponseReturnValue:
    consent = _consent(consent_id) or abort(404)
    if consent["status"] == "received":
        chosen = "valid" if "accept" in request.form else "rejected"
        files.put("bank", consent_id, {**consent, "status": chosen})
    return redirect(consent["redirect"], 303)


def _caller() -> Person | None:
    consent = _consent(request.headers.get("Consent-ID", ""))
    if consent is None or consent["status"] != "valid" or consent["validUntil"] < today().isoformat():
        return None
    return person(consent["pid"])


def _caller_key() -> str:
    someone = _caller()
    return someone.key if someone else ""


def _id(kind: str, number: int) -> str:
    """What an account is called under one consent; under another it is called something else."""
    return hashlib.sha256(f"{request.headers['Consent-ID']}/{kind}{number}".encode()).hexdigest()[:32]


def _balances(amount: int) -> list[dict[str, Any]]:
    """The day before, this moment, and what there is to spend: the bank lists them in no order."""
    day = today()
    return [
        {"balanceType": "interimAvailable", "balanceAmount": amount_of(max(amount, 0)), "creditLimitIncluded": True},
        {
            "balanceType": "closingBooked",
            "balanceAmount": amount_of(amount),
            "referenceDate": (day - timedelta(days=1)).isoformat(),
        },
        {"balanceType": "interimBooked", "balanceAmount": amount_of(amount), "referenceDate": day.isoformat()},
    ]


def _links(kind: str, resource: str, *names: str) -> dict[str, Any]:
    return {name: {"href": f"{PREFIX}/{kind}/{resource}/{name}"} for name in names}


def _accounts(someone: Person) -> Iterator[dict[str, Any]]:
    for index, (name, product, balance) in enumerate(someone.deposits):
        resource, number = _id("d", index), deposit_account(someone, index)
        yield {
            "resourceId": resource,
            "iban": iban(number),
            **({"bban": number} if index == 0 else {}),
            "currency": "NOK",
            "ownerName": someone.name,
            "name": name,
            "product": product,
            "cashAccountType": "SVGS" if product == "Sparekonto" else "CACC",
            "status": "enabled",
            "usage": "ORGA" if product == "Bedriftskonto" else "PRIV",
            "balances": _balances(balance),
            "_links": _links("accounts", resource, "balances", "transactions"),
        }
    for index, loan in enumerate(someone.loans):
        if loan.account:
            resource = _id("l", index)
            yield {
                "resourceId": resource,
                "bban": loan_account(someone, loan),
                "currency": "NOK",
                "ownerName": someone.name,
                "product": PRODUCTS[loan.kind],
                "cashAccountType": "LOAN",
                "usage": "PRIV",
                "balances": [{"balanceType": "interimBooked", "balanceAmount": amount_of(-loan.balance)}],
                "_links": _links("accounts", resource, "balances"),
            }


def _own_cards(someone: Person) -> list[tuple[int, Loan]]:
    return [
        (index, loan) for index, loan in enumerate(someone.loans) if loan.kind == "credit_card" and loan.lender == NAME
    ]


@blueprint.get("/v1/accounts")
@failing("bank", _caller_key)
def accounts() -> ResponseReturnValue:
    someone = _caller()
    if someone is None:
        return _error(401, "CONSENT_INVALID")
    with_balance = request.args.get("withBalance") == "true"
    return jsonify(
        accounts=[
            {name: value for name, value in account.items() if with_balance or name != "balances"}
            for account in _accounts(someone)
        ]
    )


@blueprint.get("/v1/accounts/<account_id>/balances")
@failing("bank", _caller_key)
def balances(account_id: str) -> ResponseReturnValue:
    someone = _caller()
    if someone is None:
        return _error(401, "CONSENT_INVALID")
    found = next((account for account in _accounts(someone) if account["resourceId"] == account_id), None)
    return jsonify(balances=found["balances"]) if found else _error(404, "RESOURCE_UNKNOWN")


@blueprint.get("/v1/card-accounts")
@failing("bank", _caller_key)
def card_accounts() -> ResponseReturnValue:
    someone = _caller()
    if someone is None:
        return _error(401, "CONSENT_INVALID")
    found = []
    for index, loan in _own_cards(someone):
        resource = _id("c", index)
        invoiced = loan.balance * 3 // 4
        found.append(
            {
                "resourceId": resource,
                "maskedPan": "540012******4711",
                "currency": "NOK",
                "debitAccounting": True,
                "ownerName": someone.name,
                "name": "Mastercard Gull",
                "product": "Kredittkort",
                "status": "enabled",
                "creditLimit": {"currency": "NOK", "amount": str(loan.limit)},
                "balances": [
                    {"balanceType": "interimBooked", "balanceAmount": amount_of(invoiced)},
                    {"balanceType": "nonInvoiced", "balanceAmount": amount_of(loan.balance - invoiced)},
                ],
                "_links": _links("card-accounts", resource, "transactions"),
            }
        )
    return jsonify(cardAccounts=found)


@blueprint.get("/v1/card-accounts/<account_id>/transactions")
@failing("bank", _caller_key)
def card_transactions(account_id: str) -> ResponseReturnValue:
    someone = _caller()
    if someone is None:
        return _error(401, "CONSENT_INVALID")
    if account_id not in [_id("c", index) for index, _ in _own_cards(someone)]:
        return _error(404, "RESOURCE_UNKNOWN")
    return _report("card-accounts", account_id, list(purchases(today())))


@blueprint.get("/v1/accounts/<account_id>/transactions")
@failing("bank", _caller_key)
def transactions(account_id: str) -> ResponseReturnValue:
    someone = _caller()
    if someone is None:
        return _error(401, "CONSENT_INVALID")
    known = [_id("d", index) for index, _ in enumerate(someone.deposits)]
    if account_id not in known:
        return _error(404, "RESOURCE_UNKNOWN")
    return _report("accounts", account_id, movements(someone, known.index(account_id), today()))


def _report(kind: str, account_id: str, entries: list[dict[str, Any]]) -> ResponseReturnValue:
    """One page of what is booked; "pending" and "both" are not offered, as the standard lets a bank choose."""
    status, since = request.args.get("bookingStatus", ""), request.args.get("dateFrom", "")
    if status != "booked":
        return _error(400, "FORMAT_ERROR" if not status else "PARAMETER_NOT_SUPPORTED")
    known = [entry for entry in entries if entry["bookingDate"] >= since]
    page = int(request.args.get("pageIndex", 0))
    here = f"{PREFIX}/{kind}/{account_id}"
    links: dict[str, Any] = {"account": {"href": here}}
    if (page + 1) * PAGE < len(known):
        following = f"{here}/transactions?bookingStatus=booked&dateFrom={since}&pageIndex={page + 1}"
        links["next"] = {"href": following}
    report = {"booked": known[page * PAGE : (page + 1) * PAGE], "_links": links}
    return jsonify({"transactions" if kind == "accounts" else "cardTransactions": report})
