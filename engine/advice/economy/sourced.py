"""A figure that knows where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

T = TypeVar("T")

#: ``Source.data_set`` of what the citizen entered by hand ("Lagt inn av deg").
CITIZEN = "citizen"


@dataclass(frozen=True, slots=True)
class Source:
    """Who said so.

    data_set     id of the data set, e.g. ``bank.accounts``; ``CITIZEN`` for own entries
    provider     name to show, e.g. "Gjeldsregisteret"
    fetched_at   aware UTC
    legal_basis  consent | mandate | statute | open | own
    reference    the provider's own id of the record; never a national identity number
    institution  which of several behind one data set (a bank, a debt register): its organisation number or name
    """

    data_set: str
    provider: str
    fetched_at: datetime
    legal_basis: str
    reference: str = ""
    institution: str = ""


@dataclass(frozen=True, slots=True)
class Sourced(Generic[T]):
    """A value, who said so, and when it holds.

    sources  at least one; several when the same fact came from several places
    as_of    the day the provider says the value is valid for; the day it was asked where it tells what holds now
    derived  a sentence key telling how it was computed, empty when it was simply read
    """

    value: T
    sources: tuple[Source, ...]
    as_of: date | None = None
    derived: str = ""
