"""How a consent given to us becomes an opened source.

Some sources keep their own consent: Altinn, the bank (PSD2), the debt register.
A channel creates it there, tells where the citizen must confirm it, and ends it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from engine.advice.evidence.datasets import DataSet, Subject, Title


class ChannelState(StrEnum):
    PENDING = "pending"  # waits for the citizen at the channel's own page
    ACTIVE = "active"
    REFUSED = "refused"
    REVOKED = "revoked"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class ChannelAsk:
    """What is asked of a channel.

    reference     our own id of this grant (uuid text), the same at every try
    asked_at      when it is asked: how long it lasts is counted from there
    redirect_url  absolute address to send the citizen back to; carries our reference only
    language      nb | nn | en
    """

    reference: str
    subject: Subject
    data_sets: tuple[DataSet, ...]
    asked_at: datetime
    valid_to: datetime
    redirect_url: str
    language: str


@dataclass(frozen=True, slots=True)
class ChannelReply:
    """``grant`` is the channel's id to use when fetching; ``redirect`` where the citizen must go, if anywhere."""

    grant: str
    state: ChannelState
    redirect: str = ""


class ConsentChannel(Protocol):
    """One way of opening sources. Every failure is a ``SourceError``. ``title`` stands in a sentence: "at the bank".

    citizen_ends  nobody but the citizen can end it, at the channel's own page; ``revoke`` is never called
    """

    name: str
    title: Title
    citizen_ends: bool

    def request(self, ask: ChannelAsk) -> ChannelReply: ...

    def state(self, grant: str, now: datetime) -> ChannelState: ...

    def revoke(self, grant: str) -> None:
        """End it at the source. Ending what has ended is no error."""
        ...
