"""What moves on the accounts of the sandbox's people, as a bank that follows Berlin Group writes it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from integrations.sandbox.persons import Person
from integrations.sandbox.persons.catalogue import deposit_account

MONTHS = 14


def amount_of(amount: int | str) -> dict[str, str]:
    return {"currency": "NOK", "amount": f"{amount}.00"}


def iban(number: str) -> str:
    """A Norwegian IBAN: check digits by ISO 7064."""
    return f"NO{98 - int(f'{number}232400') % 97:02d}{number}"


def movements(someone: Person, account: int, today: date) -> list[dict[str, Any]]:
    """Fourteen months of the person's habits, newest first; the same every time for the same day."""
    entries: list[dict[str, Any]] = []
    month = today.replace(day=1)
    for _ in range(MONTHS):
        entries.extend(_month(someone, account, month))
        month = (month - timedelta(days=1)).replace(day=1)
    return sorted((e for e in entries if e["bookingDate"] <= today.isoformat()), key=lambda e: e["bookingDate"])[::-1]


def purchases(today: date) -> Iterator[dict[str, Any]]:
    """Two purchases with the card in each of the last three months."""
    month = today.replace(day=1)
    for _ in range(3):
        for day, amount, shop, code in ((4, 349, "H&M STORGATA", "5651"), (17, 620, "CIRCLE K STRØMMEN", "5541")):
            when = month.replace(day=day)
            if when <= today:
                yield {
                    "cardTransactionId": f"{when:%Y%m%d}{code}",
                    "transactionDate": when.isoformat(),
                    "bookingDate": when.isoformat(),
                    "transactionAmount": amount_of(amount),
                    "merchantCategoryCode": code,
                    "transactionDetails": shop,
                    "invoiced": month != today.replace(day=1),
                }
        month = (month - timedelta(days=1)).replace(day=1)


def _month(someone: Person, account: int, month: date) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []

    def add(day: int, amount: int, other: str, text: str, other_account: str = "", kid: str = "") -> None:
        side = "creditor" if amount < 0 else "debtor"
        entry = {
            "transactionId": f"{account}-{month:%Y%m}-{len(out)}",
            "bookingDate": month.replace(day=day).isoformat(),
            "valueDate": month.replace(day=day).isoformat(),
            "transactionAmount": amount_of(amount),
            f"{side}Name": other,
            "remittanceInformationUnstructured": text,
        }
        if other_account:
            entry[f"{side}Account"] = {"iban": iban(other_account)}
        if kid:
            entry["remittanceInformationStructured"] = {"reference": kid, "referenceType": "KID"}
        out.append(entry)

    saving = someone.savings_transfer
    if account == 1 and someone.business is None and saving:
        add(21, saving, someone.name, "Overføring egen konto", deposit_account(someone, 0))
        return out
    if account == 1 and someone.business is not None:
        add(8, someone.turnover // 2, "Byggmester Eksempel AS", "Faktura")
        add(19, someone.turnover - someone.turnover // 2, "Borettslaget Eksempel", "Faktura")
        add(12, -someone.turnover * 35 // 100, "Elektrogrossisten Eksempel", "Varekjøp")
        add(25, -someone.turnover * 40 // 100, someone.name, "Lønn til meg selv", deposit_account(someone, 0))
        return out
    if account != 0:
        return out
    if someone.wage:
        add(20, someone.wage - someone.tax, someone.employer, "Lønn")
    if someone.business is not None:
        business = deposit_account(someone, 1)
        add(25, someone.turnover * 40 // 100, someone.name, "Lønn til meg selv", business)
    for benefit in someone.benefits:
        add(20, benefit.gross - benefit.tax - benefit.attached, "Nav", benefit.kind)
    for loan in someone.loans:
        if loan.monthly:
            text = "Terminbeløp" if loan.kind != "credit_card" else "Minstebeløp kreditt"
            add(15, -loan.monthly, loan.lender, text, kid=f"{someone.loans.index(loan):02d}{loan.original:08d}")
    for habit in someone.spending:
        rest = habit.monthly
        for turn in range(habit.times):
            part = rest // (habit.times - turn)
            rest -= part
            add(1 + (turn * 27 // max(habit.times, 1)), -part, habit.counterparty, habit.text)
    if saving:
        add(21, -saving, someone.name, "Overføring egen konto", deposit_account(someone, 1))
    if someone.spending and month.month % 2 == 0:
        add(18, 475, "H&M", "RETUR H&M")
    return out
