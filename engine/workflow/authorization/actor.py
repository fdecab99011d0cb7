"""Who acts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    CITIZEN = "citizen"
    CASEWORKER = "caseworker"
    LEADER = "leader"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Office:
    """The organisation an employee acts for. ``orgno`` is 9 digits; ``leads``: whether they lead it."""

    orgno: str
    name: str
    leads: bool = False


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone who sends commands.

    person_id  our own uuid of the person, never the national identity number
    name       as shown in histories
    level      login level: substantial | high; "" for the system
    """

    role: Role
    person_id: str
    name: str
    office: Office | None = None
    level: str = ""
    session_id: str = ""


SYSTEM = Actor(Role.SYSTEM, "system", "iBalanse")
