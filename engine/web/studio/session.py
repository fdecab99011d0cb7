"""What the pages of the studio share: the guard, what this engine offers, and finding a draft or a version."""

from __future__ import annotations

from sqlalchemy import Connection

from engine.studio import drafts
from engine.studio.capabilities import CAPABILITIES, offer_reader
from engine.web.shared import view
from engine.web.shared.guards import guarded
from engine.workflow.authorization.actor import Role
from engine.workflow.bpmn.elements import Finding
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.definitions.library import Deployed, UnknownDefinitionError
from engine.workflow.errors import NotFound
from engine.workflow.findings import Offer, bundle_findings

blueprint = guarded("studio", "engine.web", Role.ADMINISTRATOR.value)
LANGUAGES = ("nb", "nn", "en")

__all__ = ["CAPABILITIES", "LANGUAGES", "blueprint", "current", "deployed", "draft_of", "errors", "offer_of"]


def offer_of(connection: Connection) -> Offer:
    """What a bundle may use here: elements, job and task types, and processes it may call."""
    return offer_reader(view.application())(connection)


def deployed(connection: Connection, key: str) -> Deployed:
    try:
        return view.application().library.newest(connection, key)
    except UnknownDefinitionError:
        raise NotFound(key) from None


def draft_of(connection: Connection, key: str) -> drafts.Draft:
    found = drafts.find(connection, key)
    if found is None:
        raise NotFound(key)
    return found


def current(connection: Connection, key: str) -> Bundle:
    """The draft, or the version in use where there is none."""
    draft = drafts.find(connection, key)
    return draft.bundle if draft else deployed(connection, key).bundle


def errors(connection: Connection, bundle: Bundle) -> list[Finding]:
    """What stands in the way of publishing and trying."""
    return [f for f in bundle_findings(bundle, offer_of(connection)) if f.severity == "error"]
