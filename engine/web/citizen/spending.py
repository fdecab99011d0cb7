"""Where the money goes: what is behind each bar, how it moved, and the citizen's own word on a payee."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from engine.advice.commands import CategorizePayee, RemoveSupplement
from engine.advice.economy import payees
from engine.advice.economy.money import ZERO, Money
from engine.advice.economy.supplements import Supplement, SupplementKind
from engine.advice.evidence import harvest
from engine.web.citizen.household import Known, known_of
from engine.web.citizen.overview_progress import nothing_yet
from engine.web.shared import view
from engine.web.shared.commands import send, sends
from engine.web.shared.guards import guarded
from engine.workflow.authorization.actor import Role
from engine.workflow.errors import NotFound, NotPossible

blueprint = guarded("spending", __name__, Role.CITIZEN.value)


@blueprint.get("/hverdag/forbruk/<category>")
def show(category: str) -> ResponseReturnValue:
    """One category: what it cost each month, and every movement behind it."""
    return _page(category)


def _page(category: str, error: str = "") -> ResponseReturnValue:
    application = view.application()
    if category not in payees.categories():
        raise NotFound(category)
    with application.db.read() as connection:
        known = known_of(connection)
        if known is None:
            return nothing_yet()
        rules = harvest.supplements(connection, application.vault, known.case.id)
        found = known.data.behind(category)
    own = [(row_id, one) for row_id, one in rules if one.kind is SupplementKind.CATEGORY]
    body = render_template(
        "spending.html",
        category=category,
        o=known.overview,
        payees=found.payees,
        more=found.more,
        months=_trend(known, category),
        categories=payees.categories(),
        rules=_rules(own, category),
        error=error,
    )
    return (body, 422) if error else body


def _trend(known: Known, category: str) -> list[tuple[date, Money, int]]:
    """Each of the last whole months with NOK and how long its bar is, in per cent; nothing before the first known."""
    found = known.pages.months
    months = [(month, sums.get(category, ZERO)) for month, sums in found.items()]
    first = next((at for at, (month, _) in enumerate(months) if found[month]), len(months))
    largest = max((amount for _, amount in months), default=ZERO) or Decimal(1)
    return [(month, amount, max(int(amount / largest * 100), 0)) for month, amount in months[first:]]


def _rules(own: list[tuple[str, Supplement]], category: str) -> list[tuple[str, Supplement]]:
    """What the citizen has put in this category themselves."""
    return [(row_id, one) for row_id, one in own if one.category == category]


@blueprint.post("/hverdag/forbruk/<category>")
@sends(CategorizePayee)
def categorize(category: str) -> ResponseReturnValue:
    """Payments to this one are for something else; the page of what they are for shows it."""
    with view.application().db.read() as connection:
        known = known_of(connection)
    if known is None:
        return nothing_yet()
    wanted = request.form.get("category", "")
    try:
        send(CategorizePayee(known.case.id, request.form.get("payee", ""), wanted))
    except NotPossible:
        return _page(category, view.t("spending.rule_refused"))
    return redirect(url_for("spending.show", category=wanted) + "#regler", 303)


@blueprint.post("/hverdag/forbruk/<category>/fjern/<entry_id>")
@sends(RemoveSupplement)
def forget(category: str, entry_id: str) -> Response:
    """Take the own word on a payee back."""
    with view.application().db.read() as connection:
        known = known_of(connection)
    if known is not None:
        send(RemoveSupplement(known.case.id, entry_id))
    return redirect(url_for("spending.show", category=category), 303)
