"""Eksempelbanken: every account of every sandbox person, in Berlin Group's format, with its own approval page."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort, current_app, jsonify, redirect, render_template, request

from integrations.sandbox import files
from integrations.sandbox.clock import today
from integrations.sandbox.faults import failing
from integrations.sandbox.persons import Person, person
from integrations.sandbox.persons.catalogue import deposit_account, loan_account

blueprint = Blueprint("bank", __name__, url_prefix="/bank")
PAGE = 100
MONTHS = 14
PRODUCTS = {"mortgage": "Boliglån", "car_loan": "Billån", "consumer_loan": "Forbrukslån"}


def _error(status: int, code: str) -> Any:
    return jsonify(tppMessages=[{"category": "ERROR", "code": code}]), status


def _consent(consent_id: str) -> dict[str, Any] | None:
    return files.read("bank").get(consent_id)


@blueprint.post("/v1/consents")
def create() -> Any:
    someone = person(request.headers.get("PSU-ID", ""))
    body = request.get_json(force=True)
    wanted = ("access", "recurringIndicator", "validUntil", "frequencyPerDay", "combinedServiceIndicator")
    if someone is None or any(name not in body for name in wanted):
        return _error(400, "FORMAT_ERROR")
    consent_id = hashlib.sha256(request.headers["X-Request-ID"].encode()).hexdigest()[:24]
    consent = _consent(consent_id)
    if consent is None:
        consent = {
            "pid": someone.pid,
            "status": "received",
            "validUntil": body["validUntil"],
            "redirect": request.headers.get("TPP-Redirect-URI", ""),
        }
        files.put("bank", consent_id, consent)
    base = f"{current_app.config['SANDBOX_URL']}/bank"
    links = {"scaRedirect": {"href": f"{base}/sca/{consent_id}"}, "self": {"href": f"/v1/consents/{consent_id}"}}
    answer = jsonify(consentId=consent_id, consentStatus=consent["status"], _links=links)
    answer.headers["ASPSP-SCA-Approach"] = "REDIRECT"
    return answer, 201


@blueprint.get("/v1/consents/<consent_id>/status")
def status(consent_id: str) -> Any:
    consent = _consent(consent_id)
    return jsonify(consentStatus=consent["status"]) if consent else _error(403, "CONSENT_UNKNOWN")


@blueprint.delete("/v1/consents/<consent_id>")
def terminate(consent_id: str) -> Any:
    consent = _consent(consent_id)
    if consent is None:
        return _error(404, "RESOURCE_UNKNOWN")
    files.put("bank", consent_id, {**consent, "status": "terminatedByTpp"})
    return "", 204


@blueprint.get("/sca/<consent_id>")
def sca(consent_id: str) -> Any:
    consent = _consent(consent_id) or abort(404)
    return render_template(
        "consent.html",
        title="Eksempelbanken: Gi innsyn i kontoene dine",
        giver=person(consent["pid"]),
        items=["Kontoene, kortene og lånene dine", "Det som er gått inn og ut siste måneder"],
        valid_to=consent["validUntil"],
        decided=consent["status"] != "received",
        redirect_url=consent["redirect"],
    )


@blueprint.post("/sca/<consent_id>")
def approve(consent_id: str) -> Any:
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


def _balance(amount: int) -> list[dict[str, Any]]:
    return [{"balanceType": "interimBooked", "balanceAmount": {"currency": "NOK", "amount": f"{amount}.00"}}]


@blueprint.get("/v1/accounts")
@failing("bank", _caller_key)
def accounts() -> Any:
    someone = _caller()
    if someone is None:
        return _error(401, "CONSENT_INVALID")
    found = [
        {
            "resourceId": f"d{index}",
            "bban": deposit_account(someone, index),
            "currency": "NOK",
            "name": name,
            "product": product,
            "cashAccountType": "SVGS" if product == "Sparekonto" else "CACC",
            "usage": "ORGA" if product == "Bedriftskonto" else "PRIV",
            "balances": _balance(balance),
        }
        for index, (name, product, balance) in enumerate(someone.deposits)
    ] + [
        {
            "resourceId": f"l{index}",
            "bban": loan_account(someone, loan),
            "currency": "NOK",
            "name": loan.lender,
            "product": PRODUCTS[loan.kind],
            "cashAccountType": "LOAN",
            "usage": "PRIV",
            "balances": _balance(-loan.balance),
        }
        for index, loan in enumerate(someone.loans)
        if loan.account
    ]
    return jsonify(accounts=found)


@blueprint.get("/v1/card-accounts")
@failing("bank", _caller_key)
def card_accounts() -> Any:
    someone = _caller()
    if someone is None:
        return _error(401, "CONSENT_INVALID")
    return jsonify(
        cardAccounts=[
            {
                "resourceId": f"c{index}",
                "maskedPan": "540012******4711",
                "currency": "NOK",
                "name": loan.lender,
                "creditLimit": {"currency": "NOK", "amount": f"{loan.limit}.00"},
                "balances": _balance(-loan.balance),
            }
            for index, loan in enumerate(someone.loans)
            if loan.kind == "credit_card" and loan.lender == "Eksempel Kreditt"
        ]
    )


@blueprint.get("/v1/accounts/<account_id>/transactions")
@failing("bank", _caller_key)
def transactions(account_id: str) -> Any:
    someone = _caller()
    if someone is None:
        return _error(401, "CONSENT_INVALID")
    if not account_id.startswith("d") or not account_id[1:].isdigit() or int(account_id[1:]) >= len(someone.deposits):
        return _error(404, "RESOURCE_UNKNOWN")
    since = request.args.get("dateFrom", "")
    entries = [e for e in _movements(someone, int(account_id[1:]), today()) if e["bookingDate"] >= since]
    page = int(request.args.get("pageIndex", 0))
    part = entries[page * PAGE : (page + 1) * PAGE]
    links: dict[str, Any] = {}
    if (page + 1) * PAGE < len(entries):
        following = f"/v1/accounts/{account_id}/transactions?bookingStatus=booked&dateFrom={since}&pageIndex={page + 1}"
        links["next"] = {"href": following}
    return jsonify(transactions={"booked": part, "pending": [], "_links": links})


def _movements(someone: Person, account: int, today: date) -> list[dict[str, Any]]:
    """Fourteen months of the person's habits, newest first; the same every time for the same day."""
    entries: list[dict[str, Any]] = []
    month = today.replace(day=1)
    for _ in range(MONTHS):
        entries.extend(_month(someone, account, month))
        month = (month - timedelta(days=1)).replace(day=1)
    return sorted((e for e in entries if e["bookingDate"] <= today.isoformat()), key=lambda e: e["bookingDate"])[::-1]


def _month(someone: Person, account: int, month: date) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []

    def add(day: int, amount: int, other: str, text: str, mcc: str = "", other_account: str = "") -> None:
        side = "creditor" if amount < 0 else "debtor"
        entry = {
            "transactionId": f"{account}-{month:%Y%m}-{len(out)}",
            "bookingDate": month.replace(day=day).isoformat(),
            "transactionAmount": {"currency": "NOK", "amount": f"{amount}.00"},
            f"{side}Name": other,
            "remittanceInformationUnstructured": text,
            "merchantCategoryCode": mcc,
        }
        if other_account:
            entry[f"{side}Account"] = {"bban": other_account}
        out.append(entry)

    saving = someone.savings_transfer
    if account == 1 and someone.business is None and saving:
        add(21, saving, someone.name, "Overføring egen konto", "", deposit_account(someone, 0))
        return out
    if account == 1 and someone.business is not None:
        add(8, someone.turnover // 2, "Byggmester Eksempel AS", "Faktura")
        add(19, someone.turnover - someone.turnover // 2, "Borettslaget Eksempel", "Faktura")
        add(12, -someone.turnover * 35 // 100, "Elektrogrossisten Eksempel", "Varekjøp", "5065")
        add(25, -someone.turnover * 40 // 100, someone.name, "Lønn til meg selv", "", deposit_account(someone, 0))
        return out
    if account != 0:
        return out
    if someone.wage:
        add(20, someone.wage - someone.tax, someone.employer, "Lønn")
    if someone.business is not None:
        business = deposit_account(someone, 1)
        add(25, someone.turnover * 40 // 100, someone.name, "Lønn til meg selv", "", business)
    for benefit in someone.benefits:
        add(20, benefit.gross - benefit.tax - benefit.attached, "Nav", benefit.kind)
    for loan in someone.loans:
        if loan.monthly:
            add(15, -loan.monthly, loan.lender, "Terminbeløp" if loan.kind != "credit_card" else "Minstebeløp kreditt")
    for habit in someone.spending:
        rest = habit.monthly
        for turn in range(habit.times):
            part = rest // (habit.times - turn)
            rest -= part
            add(1 + (turn * 27 // max(habit.times, 1)), -part, habit.counterparty, habit.text, habit.mcc)
    if saving:
        add(21, -saving, someone.name, "Overføring egen konto", "", deposit_account(someone, 1))
    if someone.spending and month.month % 2 == 0:
        add(18, 475, "H&M", "RETUR H&M", "5651")
    return out
