"""The business at a glance, what no source tells of it, and the calculation line by line (R41, R61-R64)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from engine.advice.commands import SaveAssumptions
from engine.advice.economy.enk.overview import EnkOverview
from engine.advice.economy.money import ZERO
from engine.advice.economy.tax.vat import Period
from engine.advice.evidence import business
from engine.advice.guidance.contacts import contacts
from engine.advice.guidance.tips import choose
from engine.platform.calendar import norwegian_today
from engine.web.citizen.enk.session import blueprint, known_of
from engine.web.citizen.overview_progress import being_made
from engine.web.citizen.own_pages import finish, is_done, open_task
from engine.web.shared import view
from engine.web.shared.amounts import FieldErrors, amount_field, as_typed, rate_field
from engine.web.shared.commands import send, sends
from engine.web.shared.guards import actor
from engine.workflow.errors import NotFound
from engine.workflow.execution import data
from engine.workflow.execution.commands import CompleteTask

#: field of the assumptions form → whether it is an amount in NOK.
AMOUNTS = ("advanceTax", "advancePaid", "wages", "deductions", "shieldingBase", "wantedPay", "advanceBefore")
#: Left empty they mean "not answered", which is another thing than nothing.
OPEN = ("advancePaid",)


@blueprint.get("/enk")
def show() -> ResponseReturnValue:
    """The business at a glance (R41, R61-R64)."""
    return _page({}, [])


def _page(submitted: dict[str, str], errors: list[dict[str, str]]) -> ResponseReturnValue:
    application = view.application()
    with application.db.read() as connection:
        known = known_of(connection)
        if known is None:
            return redirect(url_for("citizen.home"), 303)
        task = open_task(connection, "enk_review")
        stored = data.read_of_person(connection, application.vault, actor().person_id, business.ASSUMPTIONS) or {}
        remembered = data.read_of_person(connection, application.vault, actor().person_id, business.COMING) or {}
    if known.private is None and (wait := being_made()):
        return wait
    overview = known.overview
    body = render_template(
        "enk.html",
        o=overview,
        case=known.case,
        private=known.private,
        stored={**_shown(stored, overview), **submitted},
        amounts=AMOUNTS,
        periods=list(Period),
        kinds=("standard", "food", "low", "fish", "zero"),
        tips=choose(situations(overview), "enk_run", overview.as_of),
        contacts=contacts("enk_run"),
        task=task,
        scale=max([one.estimate for one in overview.cover.dues] or [Decimal(1)]),
        errors=errors,
        coming=business.coming(remembered, overview.as_of),
        has_accounts=bool(known.figures.accounts),
    )
    return (body, 422) if errors else body


def _shown(stored: Mapping[str, Any], overview: EnkOverview) -> dict[str, Any]:
    """What the owner has answered, as the form shows it again. An earlier year's advance tax is left out."""
    shown = dict(stored)
    for name in (name for name in AMOUNTS if stored.get(name) is not None):
        reported = Decimal(str(stored[name]))
        shown[name] = "" if not reported and name not in OPEN else as_typed(reported)
    if stored.get("year", overview.as_of.year) != overview.as_of.year:
        shown |= dict.fromkeys(("advanceTax", "advancePaid", "advanceBefore", "advanceNotified"), "")
    return shown


def read_day(text: str) -> date | None:
    """A date as a browser sends it (2026-11-24) or as people write it (24.11.2026); ``None`` when it is neither."""
    try:
        if "." in text:
            day, month, year = text.split(".")
            return date(int(year), int(month), int(day))
        return date.fromisoformat(text)
    except ValueError:
        return None


def situations(overview: EnkOverview) -> set[str]:
    """The keys tips are chosen by."""
    found = set()
    for warning in overview.warnings:
        if warning.kind == "gap.vat":
            found.add("vat_gap")
        elif warning.kind.startswith("gap."):
            found.add("tax_gap")
        elif warning.kind == "pay":
            found.add("profit_below_pay")
        elif warning.kind == "no_tags":
            found.add("no_tagged_accounts")
        elif warning.kind.startswith("threshold"):
            found.add("vat_threshold_near")
    if overview.cover.gap:
        found.add("tax_gap")
    return found


@blueprint.post("/enk/forutsetninger")
@sends(SaveAssumptions, CompleteTask)
def assume() -> ResponseReturnValue:
    """What no source tells: advance tax, wages beside, wanted pay, how VAT is computed."""
    form = request.form
    content: dict[str, Any] = {}
    errors: FieldErrors = []
    for name in AMOUNTS:
        text = form.get(name, "").strip()
        label = view.t(f"enk.assume.{name}")
        amount = amount_field(text, label, errors, f"a-{name}", path=name) if text else ZERO
        if amount is not None and (text or name not in OPEN):
            content[name] = str(amount)
    notified_text = form.get("advanceNotified", "").strip()
    today = norwegian_today(view.application().clock)
    if notified_text:
        notified = read_day(notified_text)
        if notified is None or notified > today or notified.year != today.year:
            text = view.t("issue.day_this_year", label=view.t("enk.assume.advanceNotified"), year=today.year)
            errors.append({"id": "a-advanceNotified", "path": "advanceNotified", "text": text})
        else:
            content["advanceNotified"] = notified.isoformat()
    written = form.get("deductible", "").strip() or "100"
    share = rate_field(written, view.t("enk.assume.deductible"), errors, "a-deductible", path="deductible")
    if share is not None:
        content["deductible"] = str(share / 100)
    content["vatKind"] = form.get("vatKind") if form.get("vatKind") in ("food", "low", "fish", "zero") else "standard"
    content["vatPeriod"] = form.get("vatPeriod") if form.get("vatPeriod") in list(Period) else "two_month"
    term, typed = form.get("returnTerm", ""), form.get("returnAmount", "").strip()
    with view.application().db.read() as connection:
        known = known_of(connection)
    if known is None:
        raise NotFound("case")
    returned: dict[str, Decimal] = {}
    if typed:
        label = view.t("enk.assume.return")
        amount = amount_field(typed, label, errors, "a-return", path="return", negative=True)
        if term not in {e.term.key for e in known.overview.vat}:
            errors.append({"id": "a-return", "path": "return", "text": view.t("enk.assume.term_unknown")})
        elif amount is not None:
            returned[term] = amount
    if errors:
        return _page(form.to_dict(), errors)
    send(SaveAssumptions(known.case.id, content, today, returned))
    if is_done():
        return reviewed()
    return redirect(url_for("enk.show") + "#forutsetninger", 303)


@blueprint.post("/enk/gjennomgang")
@sends(CompleteTask)
def reviewed() -> Response:
    """The quarterly review is done."""
    application = view.application()
    with application.db.read() as connection:
        task = open_task(connection, "enk_review")
    return finish(task, url_for("enk.show"))


@blueprint.get("/enk/beregning")
def calculation() -> ResponseReturnValue:
    """How the figures came about, line by line, with rate, year and source (R61)."""
    with view.application().db.read() as connection:
        known = known_of(connection)
    if known is None:
        return redirect(url_for("citizen.home"), 303)
    if known.private is None and (wait := being_made()):
        return wait
    return render_template("enk_calculation.html", o=known.overview)
