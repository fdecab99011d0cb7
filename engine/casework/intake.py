"""A case that the office begins for a citizen: who may, which journeys, and what she is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from engine.casework import case_actions, notices, queries
from engine.casework.case_actions import Desk
from engine.casework.commands import AddNote
from engine.workflow.authorization import pep
from engine.workflow.authorization.actor import Actor
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.definitions.library import Deployed, Library
from engine.workflow.errors import AlreadyDone, NotPossible, Reason
from engine.workflow.execution.commands import StartInstance

#: How the citizen came to the office.
WAYS = ("phone", "visit", "letter", "referred", "other")


def office_of(bundle: Bundle, orgno: str) -> Mapping[str, Any] | None:
    """The entry of this office among those that take the journey's cases."""
    metadata = bundle.metadata
    offices = metadata.get("offices") or ([metadata["office"]] if "office" in metadata else [])
    return next((office for office in offices if office.get("orgno") == orgno), None)


def journeys(connection: Connection, library: Library, actor: Actor) -> list[Deployed]:
    """What this caseworker may begin for a citizen, in the order the bundles ask for."""
    orgno = actor.office.orgno if actor.office else ""
    found = [
        deployed
        for deployed in library.every_newest(connection)
        if "caseworker" in deployed.bundle.startable
        and office_of(deployed.bundle, orgno) is not None
        and pep.may_begin(deployed.bundle, actor, orgno)
    ]
    return sorted(found, key=lambda deployed: (deployed.bundle.metadata.get("order", 500), deployed.key))


def begin(
    desk: Desk, deployed: Deployed, owner_id: str, *, way: str, reason: str, take: bool, key: str = ""
) -> str:  # fmt: skip
    """A new case of this journey with the citizen as owner. Returns its number.

    Raises ``AlreadyDone`` when she has one open, ``NotPossible`` for oneself, ``Forbidden`` where the policy says no.

    reason  why, in the caseworker's words; the citizen reads it
    """
    if owner_id == desk.actor.person_id:
        raise NotPossible(Reason("", "own-case", "nobody begins her own case at the office"))
    there = queries.open_case_of(desk.connection, owner_id, deployed.key)
    if there is not None:
        raise AlreadyDone(owner_id, there.opened_at, "open")
    office = office_of(deployed.bundle, desk.office) or {}
    variables = {
        "office": office.get("orgno", ""), "officeName": office.get("name", ""), "granted": False, "pending": 0,
        **deployed.bundle.metadata.get("startVariables", {}),
    }  # fmt: skip
    outcome = desk.dispatch.send(
        StartInstance(deployed.key, owner_id, variables), desk.actor, key=key, connection=desk.connection
    )
    case = queries.case_by_id(desk.connection, outcome.case_id)
    if outcome.repeated:
        return str(case.number)
    desk.dispatch.send(AddNote(case.id, reason), desk.actor, connection=desk.connection)
    notices.give(
        desk.connection, desk.vault, case_id=case.id, person_id=owner_id, key="opened", kind="opened",
        content={"about": office.get("name", ""), "way": way}, now=desk.now,
    )  # fmt: skip
    if take:
        case_actions.take(desk, case)
    return str(case.number)
