"""Why a command was not carried out, and input that cannot be used.

A refusal is an answer, and is called by what it says; what goes wrong is called an error.

Refusal                 nothing was changed
├── NotFound            no such task or case, or not for this actor: the same answer
├── Forbidden           the policy says no
│   ├── PolicyNotEvaluated   nobody may anything, since not all of the policy is evaluated; carries what
│   └── NotReadable     the owner may not read the case; its existence and their rights stay
├── AlreadyDone         somebody was faster; says who and when
├── Invalid             the data is not valid; carries the issues
├── StageRefused        a rule of the case's stages says no; carries the text key
├── Suspended           the case stands still until it is resumed
├── NotPossible         it would contradict what is there; carries every reason
└── Conflict            changed by another in the meantime; carries what is there now
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from forms.validation import Issue


class Refusal(Exception):
    """The command was not carried out and nothing was changed."""

    code = "refused"


class NotFound(Refusal):
    code = "not_found"


class Forbidden(Refusal):
    code = "forbidden"


class PolicyNotEvaluated(Forbidden):
    """The policy of a running instance has something that is not evaluated: the decision is Deny, whoever asks.

    instance_id  whose definition it is
    detail       every violation, impersonal
    """

    def __init__(self, element_id: str, instance_id: str, detail: str) -> None:
        super().__init__(element_id)
        self.instance_id = instance_id
        self.detail = detail


class NotReadable(Forbidden):
    """The policy lets the owner not read what is in their case. ``case_id``: that it exists they always learn."""

    def __init__(self, case_id: str) -> None:
        super().__init__(case_id)
        self.case_id = case_id


class AlreadyDone(Refusal):
    """Somebody was faster. ``by`` is a person id, "" when unknown."""

    code = "already_done"

    def __init__(self, by: str = "", at: datetime | None = None, state: str = "") -> None:
        super().__init__(state)
        self.by = by
        self.at = at
        self.state = state


class Invalid(Refusal):
    """``issues`` are ``forms.validation.Issue``; errors among them stopped the command."""

    code = "invalid"

    def __init__(self, issues: tuple[Issue, ...]) -> None:
        super().__init__(f"{len(issues)} issues")
        self.issues = issues


class StageRefused(Refusal):
    """``key`` is the text key of the sentence that says which rule and what would satisfy it."""

    code = "stage_refused"

    def __init__(self, stage: str, key: str) -> None:
        super().__init__(stage)
        self.stage = stage
        self.key = key


class Suspended(Refusal):
    """The case stands still. What was filled in can be kept; nothing can be done until it is resumed."""

    code = "suspended"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is not possible. ``element`` is the one in the way, "" when it is the whole."""

    element: str
    rule: str
    message: str


class NotPossible(Refusal):
    """``reasons`` are all there are, not only the first."""

    code = "not_possible"

    def __init__(self, *reasons: Reason) -> None:
        super().__init__("; ".join(f"{r.element}: {r.message}" if r.element else r.message for r in reasons))
        self.reasons = reasons


class Conflict(Refusal):
    """Another writer was faster. ``current`` is what is there now, as the room that keeps it reads it."""

    code = "conflict"

    def __init__(self, message: str = "", current: object = None) -> None:
        super().__init__(message)
        self.current = current


class BadInputError(Exception):
    """What was asked or handed in cannot be used; the text says what and why. The command line exits with 2."""
