"""Where one acts on a notice: a page for each kind, with a text that says where the link leads."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from sqlalchemy import select

from engine.casework.notices import Notice
from engine.web.shared import view
from engine.workflow.instances.models import case_file

#: Kind, or the beginning of one → endpoint; the longest that fits counts. The text is ``notice.to.<endpoint>``.
PAGES = {
    "complaint": "citizen.case",
    "complaint_decided": "citizen.case",
    "consent_ended": "sharing.show",
    "consent_ends": "sharing.show",
    "document": "citizen.case",
    "enk": "enk.show",
    "enk.ended": "citizen.offered",
    "enk.gone": "citizen.offered",
    "enk.no_tags": "enk.accounts",
    "enk.threshold": "enk.checklist",
    "journey": "citizen.case",
    "journey.notice.answered": "enk.checklist",
    "letter": "citizen.case",
    "mandate_ended": "sharing.show",
    "mandate_ends": "sharing.show",
    "milestone": "plan.show",
    "opened": "citizen.case",
    "signal": "household.everyday",
    "signal.claim_growing": "household.measures",
    "signal.income_ending": "budget.show",
    "signal.income_falling": "budget.show",
    "signal.minimum_payments_only": "household.measures",
    "signal.new_credit": "household.measures",
    "signal.set_aside_missing": "enk.show",
    "signal.spending_over_income": "budget.show",
}


@dataclass(frozen=True, slots=True)
class Link:
    address: str
    text: str


def page_of(kind: str) -> str:
    """The endpoint for this kind, "" for a kind nothing is said of."""
    parts = kind.split(".")
    beginnings = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((PAGES[one] for one in beginnings if one in PAGES), "")


def notice_link(notice: Notice, here: str = "") -> Link | None:
    """The link of a notice; ``None`` when it has none, or leads to the page (*here*) it is read on."""
    endpoint = page_of(notice.kind)
    if not endpoint or endpoint == here:
        return None
    text = view.t(f"notice.to.{endpoint}")
    if endpoint != "citizen.case":
        return Link(url_for(endpoint), text)
    with view.application().db.read() as connection:
        number = connection.execute(select(case_file.c.number).where(case_file.c.id == notice.case_id)).scalar()
    return Link(url_for(endpoint, sak=number), text) if number else None
