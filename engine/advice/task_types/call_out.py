"""The job that calls a system outside: what is sent and what is taken from the reply is chosen in the diagram.

Where it goes is not: the diagram names one of the addresses the operator has allowed (``IBALANSE_CALLOUTS``), and
what is called is for ``integrations`` to say. What is sent never lies in the queue: it is worked out when the job
runs. Nothing of it, nor of the reply, is logged or stands in an error.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from sqlalchemy import Connection

from engine.advice.event_kinds import AdviceEvent
from engine.advice.task_types.descriptions import Wanted
from engine.platform.clock import Clock
from engine.platform.db import Database
from engine.platform.provider_errors import SourceBrokenError, SourceError, SourceRefusedError, SourceUnavailableError
from engine.platform.strict_json import Json
from engine.platform.vault import Vault
from engine.workflow.audit import chain
from engine.workflow.authorization.actor import SYSTEM
from engine.workflow.definitions.library import Library
from engine.workflow.execution.behaviours import ELEMENT_BEHAVIOURS
from engine.workflow.execution.execution import Execution, ExecutionError
from engine.workflow.execution.expressions import evaluate
from engine.workflow.execution.store import SqlStore
from engine.workflow.jobs.job_types import Done, Error, GiveUp, Result, Retry
from engine.workflow.jobs.outbox import Work

#: What may be sent, and the longest text that may be taken from a reply.
MAX_SENT = 64 * 1024
MAX_TEXT = 4_000
#: A number of a reply with more digits before or after the comma is none of a case's.
MAX_DIGITS = 15
Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Ask:
    """One call. ``key`` is the same at every try, and what the receiver knows the call by."""

    body: Mapping[str, Any]
    wanted: tuple[Wanted, ...]
    key: str


class CallRefusedError(SourceRefusedError):
    """The other side took the call and said no (4xx); the code is ``http_<status>``."""


class ReplyUnusableError(SourceBrokenError):
    """The reply lacks what was chosen from it. ``variable`` says which, never what stood there."""

    def __init__(self, code: str, variable: str) -> None:
        super().__init__(code)
        self.variable = variable


class Target(Protocol):
    """A system outside that may be called. ``title`` is what people know it by."""

    @property
    def title(self) -> str: ...

    def call(self, ask: Ask) -> Mapping[str, Scalar]:
        """Variable → value, of what was wanted and nothing else. Raises ``SourceError`` only."""
        ...


def picked(reply: Json, wanted: tuple[Wanted, ...]) -> dict[str, Scalar]:
    """The values chosen from a reply, each validated against its type. Raises ``ReplyUnusableError``."""
    return {one.variable: _scalar(_at(reply, one), one) for one in wanted}


def _at(reply: Json, one: Wanted) -> Json:
    found = reply
    for part in one.path.split("."):
        if isinstance(found, list) and part.isdecimal() and int(part) < len(found):
            found = found[int(part)]
        elif isinstance(found, Mapping) and part in found:
            found = found[part]
        else:
            raise ReplyUnusableError("reply_value_missing", one.variable)
    return found


def _scalar(value: Json, one: Wanted) -> Scalar:
    if isinstance(value, Decimal | int) and not isinstance(value, bool) and _beyond(Decimal(value)):
        raise ReplyUnusableError("reply_value_type", one.variable)
    if isinstance(value, Decimal):
        value = int(value) if value == value.to_integral_value() else float(value)
    kind = "flag" if isinstance(value, bool) else "number" if isinstance(value, int | float) else "text"
    if not isinstance(value, str | int | float | bool) or one.type not in ("", kind):
        raise ReplyUnusableError("reply_value_type", one.variable)
    if isinstance(value, str) and len(value) > MAX_TEXT:
        raise ReplyUnusableError("reply_value_too_long", one.variable)
    return value


def _beyond(number: Decimal) -> bool:
    """Whether a number is none a case can hold: ``1e1000000`` is ten letters, and a million digits when written out."""
    return not number.is_finite() or bool(number and abs(number.adjusted()) > MAX_DIGITS)


class CallOut:
    """Task type ``call_out``: POST chosen values as JSON to an allowed address, and keep chosen values of the reply.

    config  ``target``: its name; ``body.<name>``: a value to send, dots in the name make objects in objects;
            ``reply.<variable>``: where in the reply it stands, see ``Wanted``
    leaves  the variables named
    throws  ``CALL_REFUSED`` on a 4xx; ``VALUE_MISSING`` when the case does not have a value that should be sent,
            and then nothing is sent. Time-outs, 429 and 5xx are tried again, as the receiver asks.
    """

    name = "call_out"

    @staticmethod
    def other_side(payload: Mapping[str, Any]) -> str:
        """The system the breaker leaves alone when it fails."""
        return str(payload.get("target") or "")

    def __init__(
        self, database: Database, vault: Vault, library: Library, clock: Clock, targets: Mapping[str, Target]
    ) -> None:
        self._database = database
        self._vault = vault
        self._library = library
        self._clock = clock
        self._targets = targets

    def perform(self, work: Work, now: datetime) -> Result:
        name = str(work.payload.get("target") or "")
        target = self._targets.get(name)
        if target is None:
            return GiveUp("unknown_target", name)
        try:
            with self._database.read() as connection:
                settings = self._settings(connection, work, now)
        except ExecutionError as error:
            return GiveUp("expression_failed", error.detail)
        if settings is None:  # the step has ended since the work was taken: nobody waits for a call
            return Done()
        sent, wanted = settings
        missing = [setting for setting, value in sent.items() if value in (None, "")]
        if missing:
            return Error("VALUE_MISSING", detail=", ".join(missing))
        body = nested(sent)
        if body is None:
            return GiveUp("settings_conflict", ", ".join(sent))
        if len(json.dumps(body)) > MAX_SENT:
            return GiveUp("body_too_large")
        try:
            found = target.call(Ask(body, wanted, work.idempotency_key))
        except SourceUnavailableError as error:
            return Retry(error.code, error.retry_after)
        except CallRefusedError as error:
            return Error("CALL_REFUSED", detail=error.code)
        except ReplyUnusableError as error:
            return GiveUp(error.code, error.variable)
        except SourceError as error:
            return GiveUp(error.code)

        def save(connection: Connection) -> None:
            # Which values went out, by the names the diagram has for them.
            detail = {"target": name, "sent": sorted(sent)}
            chain.append(connection, work.case_id, now, SYSTEM, AdviceEvent.CALLED_OUT, detail)

        return Done(found, save)

    def _settings(
        self, connection: Connection, work: Work, now: datetime
    ) -> tuple[dict[str, Any], tuple[Wanted, ...]] | None:
        """What is to be sent, as the case is now, and what is wanted; ``None`` when the step has ended.

        Raises ``ExecutionError`` that names the setting.
        """
        store = SqlStore(connection, self._library, self._vault, self._clock, evaluate)
        execution = store.execution = Execution(ELEMENT_BEHAVIOURS, store, now)
        token = execution.token(work.token_id)
        if token is None:
            return None
        sent: dict[str, Any] = {}
        wanted = []
        for name, value in token.element.extension.config.items():
            part, _, rest = name.partition(".")
            if part not in ("body", "reply") or not rest:
                continue
            try:
                result = execution.evaluate(value, token)
            except ExecutionError:
                raise ExecutionError(
                    "expression_failed", name
                ) from None  # the language's own sentence may quote an answer
            if part == "body":
                sent[rest] = result
            else:
                wanted.append(Wanted.read(rest, str(result or "")))
        return sent, tuple(wanted)


def nested(flat: Mapping[str, Any]) -> dict[str, Any] | None:
    """``{"a.b": 1}`` as ``{"a": {"b": 1}}``; ``None`` when a name is both a value and an object."""
    whole: dict[str, Any] = {}
    for name, value in flat.items():
        *parts, last = name.split(".")
        place = whole
        for part in parts:
            place = place.setdefault(part, {})
            if not isinstance(place, dict):
                return None
        if last in place:
            return None
        place[last] = value
    return whole
