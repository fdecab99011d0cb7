"""Skatteetaten of the sandbox."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from integrations.sandbox.bearer import require, require_consent
from integrations.sandbox.clock import today
from integrations.sandbox.faults import failing
from integrations.sandbox.persons import Person, person

blueprint = Blueprint("skatteetaten", __name__, url_prefix="/skatteetaten")
#: Scope of the token and consent resource of each service, as Skatteetaten has them.
INCOME = ("skatteetaten:inntekt", "ske-samtykke-sbl-inntekt")
TAX_BASE = ("skatteetaten:summertskattegrunnlag", "ske-samtykke-sbl-summert-skattegrunnlag")
CLAIMS = ("skatteetaten:kravogbetalinger", "ske-samtykke-krav-og-betalinger")


def _key() -> str:
    someone = person((request.view_args or {}).get("pid", ""))
    return someone.key if someone else ""


def _error(code: str, status: int) -> ResponseReturnValue:
    return jsonify(kode=code, melding="Fant ikke", korrelasjonsid=request.headers.get("X-Request-ID", "")), status


@blueprint.get("/v1/sbl/<pid>/inntekter")
@failing("skatteetaten.income", _key)
def income(pid: str) -> ResponseReturnValue:
    require_consent(*INCOME, pid)
    someone = person(pid)
    if someone is None:
        return _error("IM-007", 404)
    months: list[dict[str, Any]] = []
    month = (today().replace(day=1) - timedelta(days=1)).replace(day=1)
    while f"{month:%Y-%m}" >= request.args.get("fraOgMed", "9999"):
        common = {"kalendermaaned": f"{month:%Y-%m}", "inntektsmottaker": {"personidentifikator": pid}}
        if someone.wage and today() >= _reported(someone, month):
            months.append(
                {
                    **common,
                    "opplysningspliktigId": someone.employer_orgno,
                    "virksomhetId": someone.employer_orgno,
                    "inntekt": [
                        {
                            "fordel": "kontantytelse",
                            "beloep": someone.wage,
                            "loennsinntekt": {"beskrivelse": "fastloenn"},
                        }
                    ],
                    "forskuddstrekk": [{"beloep": -someone.tax}],
                }
            )
        for benefit in someone.benefits:
            if benefit.kind != "Barnetrygd":  # tax-free benefits are not reported
                months.append(
                    {
                        **common,
                        "opplysningspliktigId": "889640782",
                        "virksomhetId": "889640782",
                        "inntekt": [
                            {
                                "fordel": "kontantytelse",
                                "beloep": benefit.gross,
                                "ytelseFraOffentlige": {"beskrivelse": benefit.kind},
                            }
                        ],
                        "forskuddstrekk": [{"beloep": -benefit.tax}],
                    }
                )
        month = (month - timedelta(days=1)).replace(day=1)
    return jsonify(oppgaveInntektsmottaker=months) if months else _error("IM-008", 404)


def _reported(someone: Person, month: date) -> date:
    """The day the employer reports the wages of a month: by the 5th of the next one, some not before."""
    following = (month + timedelta(days=31)).replace(day=1)
    return following + timedelta(days=max(someone.wage_reported - 1, 0))


def newest_assessment() -> int:
    """The newest year with assessments: those of a year come from the spring after it. The day is own design."""
    year = today().year - 1
    return year if today() >= date(year + 1, 4, 1) else year - 1


@blueprint.get("/v1/<pid>")
@failing("skatteetaten.taxbase", _key)
def newest(pid: str) -> ResponseReturnValue:
    require(TAX_BASE[0])
    if person(pid) is None:
        return _error("TD-004", 404)
    return jsonify(
        personidentifikator=pid, ressursId="skattegrunnlag", sisteTilgjengeligePeriode=str(newest_assessment())
    )


@blueprint.get("/v2/oppgjoer/sbl/<int:year>/<pid>")
@failing("skatteetaten.taxbase", _key)
def tax_base(year: int, pid: str) -> ResponseReturnValue:
    require_consent(*TAX_BASE, pid, inntektsaar=str(year))
    someone = person(pid)
    if someone is None or year > newest_assessment():
        return _error("SSG-007", 404)
    debt = sum(loan.balance + loan.monthly * 6 for loan in someone.loans)
    items = [
        ("annenGjeld", debt, "formuesfradrag"),
        ("innskudd", sum(balance for _, _, balance in someone.deposits), "formue"),
        ("samletLoennsinntektMedTrygdeavgiftspliktOgMedTrekkplikt", someone.wage * 12, "inntekt"),
    ]
    if someone.homes:
        items.append(("formuesverdiForPrimaerbolig", sum(h.tax_value for h in someone.homes), "formue"))
    if someone.vehicle:
        items.append(("formuesverdiForKjoeretoey", someone.vehicle, "formue"))
    return jsonify(
        personidentifikator=pid,
        inntektsaar=str(year),
        grunnlag=[{"tekniskNavn": n, "beloep": b, "kategori": k} for n, b, k in items if b],
        skjermet=False,
        stadie="oppgjoer",
    )


@blueprint.get("/v1/finans/<pid>/aapnekrav")
@failing("skatteetaten.claims", _key)
def claims(pid: str) -> ResponseReturnValue:
    require_consent(*CLAIMS, pid)
    someone = person(pid)
    if someone is None or not someone.tax_claims:
        return _error("KB-007", 404)
    return jsonify(
        partIdentifikator=pid,
        skjermet=False,
        aapentKravMedGjenstaaendeBeloep=[
            {
                "kravidentifikator": claim.identifier,
                "partIdentifikator": pid,
                "kravbeskrivelse": {"spraakTekst": [{"tekst": claim.text, "spraak": "nb"}]},
                "opprinneligBeloep": claim.original,
                "gjenstaaendeBeloep": claim.remaining,
                "stipulerteRenter": claim.interest,
                "kravtype": claim.kind,
                "kravgruppe": claim.group,
                "kravforfall": [
                    {
                        "kravforfallsIdentifikator": f"{claim.identifier}-1",
                        "forfallsdato": claim.due.isoformat(),
                        "opprinneligBeloep": claim.original,
                        "gjenstaaendeBeloep": claim.remaining,
                    }
                ],
            }
            for claim in someone.tax_claims
        ],
    )
