"""A case that the office begins for a citizen: who may, which journeys, and how they came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from engine.workflow.authorization import pep
from engine.workflow.authorization.actor import Actor
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.definitions.library import Deployed, Library

#: How the citizen came to the office.
CHANNELS = ("phone", "visit", "letter", "referred", "other")


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
