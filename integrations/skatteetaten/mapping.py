"""Skatteetaten's answers → figures."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from engine.advice.economy.figures import (
    Asset,
    AssetKind,
    Debt,
    DebtKind,
    DebtStatus,
    Figures,
    Income,
    IncomeKind,
    TaxSummary,
)
from engine.advice.economy.sourced import Source
from engine.platform.calendar import norwegian_day
from integrations.answer import sourced
from integrations.skatteetaten.metadata import CLAIMS, INCOME, TAX_BASE

SKATTEETATEN = "Skatteetaten"
_KINDS = (
    ("loennsinntekt", IncomeKind.WAGE),
    ("ytelseFraOffentlige", IncomeKind.BENEFIT),
    ("pensjonEllerTrygd", IncomeKind.PENSION),
    ("naeringsinntekt", IncomeKind.BUSINESS),
)


def incomes(answer: dict[str, Any], at: datetime) -> Figures:
    """One income per payer and month; tax withheld makes the net."""
    found: list[Income] = []
    for number, entry in enumerate(answer["oppgaveInntektsmottaker"]):
        month = date.fromisoformat(f"{entry['kalendermaaned']}-01")
        source = Source(
            INCOME.id, SKATTEETATEN, at, INCOME.requirement.value, f"{entry['virksomhetId']}/{entry['kalendermaaned']}"
        )
        gross = sum((item["beloep"] for item in entry["inntekt"] if item["fordel"] == "kontantytelse"), Decimal(0))
        tax = sum((abs(item["beloep"]) for item in entry["forskuddstrekk"]), Decimal(0))
        kind = next(
            (kind for item in entry["inntekt"] for name, kind in _KINDS if item[name] is not None), IncomeKind.OTHER
        )
        found.append(
            Income(
                id=f"{INCOME.id}:{number}",
                kind=kind,
                payer=entry["virksomhetNavn"] or entry["opplysningspliktigId"],
                month=month,
                gross=sourced(gross, source, at),
                net=sourced(gross - tax, source, at, "gross_less_tax"),
                tax=sourced(tax, source, at),
                payer_orgno=entry["virksomhetId"],
            )
        )
    return Figures(incomes=tuple(found))


def tax_base(answer: dict[str, Any], at: datetime) -> Figures:
    """Totals for a cross-check, and values only the assessment tells. A tax value is not a market value."""
    amounts = {item["tekniskNavn"]: item["beloep"] for item in answer["grunnlag"]}
    year = answer["inntektsaar"]
    source = Source(TAX_BASE.id, SKATTEETATEN, at, TAX_BASE.requirement.value, str(year))

    def figure(name: str, derived: str = ""):  # type: ignore[no-untyped-def]
        return sourced(amounts[name], source, at, derived) if name in amounts else None

    assets = []
    for name, kind, title in (
        ("formuesverdiForPrimaerbolig", AssetKind.HOME, "Bolig"),
        ("formuesverdiForSekundaerbolig", AssetKind.SECOND_HOME, "Sekundærbolig"),
        ("formuesverdiForKjoeretoey", AssetKind.VEHICLE, "Kjøretøy"),
    ):
        value = figure(name, "tax_value")
        if value is not None:
            assets.append(Asset(f"{TAX_BASE.id}:{name}", kind, title, value, source))
    summary = TaxSummary(
        year,
        figure("annenGjeld"),
        figure("innskudd"),
        figure("bruttoformue"),
        figure("samletLoennsinntektMedTrygdeavgiftspliktOgMedTrekkplikt"),
    )
    return Figures(assets=tuple(assets), tax=(summary,))


def claims(answer: dict[str, Any], at: datetime) -> Figures:
    """Open claims; those of Statens innkrevingssentral are fines and the like."""
    debts = []
    for claim in answer["aapentKravMedGjenstaaendeBeloep"]:
        collector = claim["kravgruppe"] if claim["kravgruppe"] == "Statens innkrevingssentral" else SKATTEETATEN
        source = Source(CLAIMS.id, collector, at, CLAIMS.requirement.value, claim["kravidentifikator"])
        due = min((d["forfallsdato"] for d in claim["kravforfall"]), default=None)
        remaining, interest = claim["gjenstaaendeBeloep"], Decimal(claim["stipulerteRenter"])
        debts.append(
            Debt(
                id=f"{CLAIMS.id}:{claim['kravidentifikator']}",
                kind=DebtKind.FINE if collector != SKATTEETATEN else DebtKind.TAX,
                creditor=claim["kravbeskrivelse"],
                collector=collector,
                balance=sourced(remaining + interest, source, at, "principal_and_interest"),
                principal=sourced(remaining, source, at),
                interest=sourced(interest, source, at),
                status=DebtStatus.OVERDUE if due and due < norwegian_day(at) else DebtStatus.CURRENT,
                due=due,
                case_number=claim["kravidentifikator"],
            )
        )
    return Figures(debts=tuple(debts))
