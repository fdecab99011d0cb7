"""Kinds of events that debt advice writes: consent, sharing, sources and what is exchanged with others."""

from __future__ import annotations

from engine.workflow.audit.kinds import EventKind


class AdviceEvent(EventKind):
    """What debt advice does in a case."""

    CONSENT_WITHDRAWN = "ConsentWithdrawn"
    CONSENT_GIVEN_AGAIN = "ConsentGivenAgain"
    WITHDRAWAL_REGISTERED = "WithdrawalRegistered"
    SHARE_STOPPED = "ShareStopped"
    SHARE_STOP_REGISTERED = "ShareStopRegistered"
    SUPPLEMENT_REGISTERED = "SupplementRegistered"
    REGISTERED_REMOVED = "RegisteredRemoved"
    SHARED = "Shared"
    CARRIED_OVER = "CarriedOver"
    SHARED_AGAIN = "SharedAgain"
    OVERVIEW_OPENED = "OverviewOpened"
    PLAN_OPENED = "PlanOpened"

    SOURCES_ASKED = "SourcesAsked"
    SOURCE_ANSWERED = "SourceAnswered"

    PARTIES_CHANGED = "PartiesChanged"
    ROLES_CHANGED = "RolesChanged"
    SUBMITTED = "Submitted"
    ANSWER_RECEIVED = "AnswerReceived"
    CALLED_OUT = "CalledOut"


#: What the short history of a case tells, to the citizen too.
SHOWN: tuple[EventKind, ...] = (
    AdviceEvent.OVERVIEW_OPENED,
    AdviceEvent.PLAN_OPENED,
    AdviceEvent.CONSENT_WITHDRAWN,
    AdviceEvent.CONSENT_GIVEN_AGAIN,
    AdviceEvent.WITHDRAWAL_REGISTERED,
    AdviceEvent.SHARE_STOPPED,
    AdviceEvent.SHARE_STOP_REGISTERED,
    AdviceEvent.SUPPLEMENT_REGISTERED,
    AdviceEvent.REGISTERED_REMOVED,
    AdviceEvent.SHARED,
    AdviceEvent.CARRIED_OVER,
    AdviceEvent.SHARED_AGAIN,
    AdviceEvent.PARTIES_CHANGED,
    AdviceEvent.ROLES_CHANGED,
    AdviceEvent.SUBMITTED,
    AdviceEvent.ANSWER_RECEIVED,
    AdviceEvent.CALLED_OUT,
)
