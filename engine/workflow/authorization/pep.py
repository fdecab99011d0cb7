"""The enforcement: no permit, no step and no look. Someone with no role in a case is told it is not there.

Acting is asked step by step (``enforce``) or of the case (``enforce_case``). Reading is asked too: a case may be read
by whoever the journey's policy permits ``read`` on the case itself or on one of its steps, and what belongs to a step
(its form, its answers, its files) by whoever it permits ``read`` on that step. A case that may not be read answers as
one that is not there. Opening a case is reading it; beginning one for another is ``instantiate``. Which roles have
either is said in the journey's policy, as ``processes/advice/policy.xml``.

What the law gives, no policy takes away: the owner always learns that the case exists, sees its receipts, consents
and shares and who looked, and can withdraw a consent and stop a share (GDPR articles 7, 12 and 15). None of that asks
here, and to the owner alone a case that may not be read says so (``NotReadable``).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from engine.workflow.authorization import role_codes
from engine.workflow.authorization.actor import Actor, Role
from engine.workflow.authorization.attempt import Attempt
from engine.workflow.authorization.pdp import Decision, decide
from engine.workflow.authorization.pip import roles
from engine.workflow.authorization.policy import (
    ACTION,
    ACTION_ID,
    APP,
    ORG,
    RESOURCE,
    ROLE_CODE,
    SUBJECT,
    TASK,
    PolicyError,
    policy_of,
)
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.definitions.library import EVERYONE, Deployed, Library
from engine.workflow.errors import Forbidden, NotFound, NotReadable, PolicyNotEvaluated
from engine.workflow.instances.rows import CaseRow

log = logging.getLogger(__name__)

LEVELS = {"substantial": 3, "high": 4}
#: The action of beginning a case for another, as Altinn names it. Beginning one's own needs no rule.
INSTANTIATE = "instantiate"
READ = "read"


def enforce(attempt: Attempt, action: str, element_id: str) -> None:
    """Return when the journey's policy permits.

    Raises ``NotFound``, ``Forbidden``, or ``PolicyNotEvaluated`` where the definition was deployed with a policy that
    is not evaluated in full: no part of it permits.
    """
    if attempt.actor.role is Role.SYSTEM:
        return
    instance = attempt.live
    held = roles(attempt.connection, attempt.actor, instance.owner_id, instance.case_id)
    if not held:
        raise NotFound(element_id)
    who = Subject(held, attempt.actor.level, attempt.actor.office is not None)
    try:
        permitted = _permits(attempt.deployed(instance.definition_id).bundle, who, action, element_id)
    except PolicyError as error:
        raise PolicyNotEvaluated(element_id, instance.id, str(error)) from error
    if not permitted:
        raise Forbidden(element_id)


def enforce_case(connection: Connection, library: Library, actor: Actor, case: CaseRow, action: str) -> None:
    """Return when the policy permits *action* on the case or on any of its steps.

    Raises ``NotFound`` where the actor has no role in the case, ``Forbidden`` where the role may not, and
    ``PolicyNotEvaluated`` as ``enforce`` does.

    case  the version of the journey it follows says who may
    """
    if actor.role is Role.SYSTEM:
        return
    found = reader(connection, actor, case)
    if not found.held:
        raise NotFound(case.id)
    deployed = library.get(connection, case.definition_id)
    if action == READ and found.may_read(deployed):
        return
    try:
        permitted = permits_anywhere(deployed.bundle, found.who, action)
    except PolicyError as error:
        raise PolicyNotEvaluated(case.id, case.id, str(error)) from error
    if not permitted:
        raise Forbidden(case.id)


@dataclass(frozen=True, slots=True)
class Subject:
    """Who asks, as a policy sees them.

    held          role codes, in one case or without one
    level         of their login
    organisation  whether they act for one, and not for themselves
    """

    held: frozenset[str]
    level: str
    organisation: bool


@dataclass(frozen=True, slots=True)
class Reader:
    """One actor before one case: what of it they may read. ``owns``: whether the case is their own."""

    case_id: str
    who: Subject
    owns: bool
    system: bool = False

    @property
    def held(self) -> frozenset[str]:
        """The role codes they have in the case."""
        return self.who.held

    def may_read(self, deployed: Deployed) -> bool:
        """The case; *deployed* is the version of the journey it follows."""
        return self._admitted(deployed) or (bool(self.held) and _may(deployed.bundle, self.who, READ))

    def may_read_step(self, deployed: Deployed, element_id: str) -> bool:
        """What belongs to a step; *deployed* is the version the step is of, the case's or that of a called journey."""
        return self._admitted(deployed) or (bool(self.held) and _may(deployed.bundle, self.who, READ, element_id))

    def require(self, readable: bool) -> None:
        """Raises ``NotFound`` where it is not readable, to the owner ``NotReadable``."""
        if readable:
            return
        raise NotReadable(self.case_id) if self.owns else NotFound(self.case_id)

    def _admitted(self, deployed: Deployed) -> bool:
        """A version that was published before reading was asked about has the readers it had then."""
        return self.system or (bool(self.held) and (EVERYONE in deployed.readers or bool(self.held & deployed.readers)))


def reader(connection: Connection, actor: Actor, case: CaseRow) -> Reader:
    """Who *actor* is before this case; ``case`` is a row of the case file."""
    held = roles(connection, actor, case.owner_id, case.id)
    owns = actor.role is Role.CITIZEN and actor.person_id == case.owner_id
    return Reader(case.id, Subject(held, actor.level, actor.office is not None), owns, actor.role is Role.SYSTEM)


def may_read(connection: Connection, library: Library, actor: Actor, case: CaseRow) -> bool:
    """Whether the actor may read the case at all."""
    return reader(connection, actor, case).may_read(library.get(connection, case.definition_id))


def require_read(connection: Connection, library: Library, actor: Actor, case: CaseRow) -> Reader:
    """The actor as a reader of the case.

    Raises ``NotFound`` when it is not theirs to read, for the owner ``NotReadable``.
    """
    found = reader(connection, actor, case)
    found.require(found.may_read(library.get(connection, case.definition_id)))
    return found


def unreadable_versions(connection: Connection, library: Library, who: Subject) -> tuple[str, ...]:
    """The definitions whose cases these roles may not read, for lists of many cases. Worked out once per version."""
    anyone = Reader("", who, owns=False)
    versions = (library.get(connection, definition_id) for definition_id in library.ids(connection))
    return tuple(deployed.id for deployed in versions if not anyone.may_read(deployed))


def permits_anywhere(bundle: Bundle, who: Subject, action: str) -> bool:
    """Whether the policy permits *action* on the case itself or on one of its steps. Raises ``PolicyError``.

    Worked out once per version: neither the version nor its policy ever changes.
    """
    key = ("permits", who, action)
    cache: dict[Any, Any] = bundle.process.cache
    found: bool | None = cache.get(key)
    if found is None:
        found = cache[key] = any(_permits(bundle, who, action, step) for step in ("", *bundle.process.elements))
    return found


def may_somewhere(bundle: Bundle, who: Subject, action: str) -> bool:
    """``permits_anywhere`` for a page that offers it; a policy that cannot be evaluated permits nothing."""
    return _may(bundle, who, action)


def _may(bundle: Bundle, who: Subject, action: str, element_id: str = "") -> bool:
    """``_permits``, or without a step ``permits_anywhere``; a policy that cannot be evaluated permits nothing."""
    try:
        return _permits(bundle, who, action, element_id) if element_id else permits_anywhere(bundle, who, action)
    except PolicyError as error:
        log.error("nobody may %s in %s: %s", action, bundle.key, error)
        return False


def _permits(bundle: Bundle, who: Subject, action: str, element_id: str = "") -> bool:
    """Ask the policy about one step, or with no *element_id* about the case itself. Raises ``PolicyError``."""
    policy = policy_of(bundle.files)
    if LEVELS.get(who.level, 0) < policy.level_of(for_organisation=who.organisation):
        return False
    request = {
        (SUBJECT, ROLE_CODE): who.held,
        (RESOURCE, ORG): ("ibalanse",),
        (RESOURCE, APP): (bundle.key,),
        (ACTION, ACTION_ID): (action,),
    }
    if element_id:
        request[(RESOURCE, TASK)] = (element_id,)
    return decide(policy, request) is Decision.PERMIT


def may_begin(bundle: Bundle, actor: Actor, office: str) -> bool:
    """Whether a caseworker may begin this journey for a citizen: at their own office, where the policy permits it."""
    if actor.role is not Role.CASEWORKER or actor.office is None or actor.office.orgno != office:
        return False
    caseworker = Subject(frozenset({role_codes.CASEWORKER}), actor.level, organisation=True)
    try:
        return _permits(bundle, caseworker, INSTANTIATE)
    except PolicyError as error:
        log.error("nobody may begin %s for another: %s", bundle.key, error)
        return False
