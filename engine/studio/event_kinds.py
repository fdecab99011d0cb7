"""Kinds of events that authoring writes: drafts, settings of the studio, signing keys."""

from __future__ import annotations

from engine.workflow.audit.kinds import EventKind


class StudioEvent(EventKind):
    """What authors do with processes."""

    DRAFT_BEGUN = "DraftBegun"
    DRAFT_CHANGED = "DraftChanged"
    DRAFT_UNDONE = "DraftUndone"
    DRAFT_REDONE = "DraftRedone"
    DRAFT_PROPOSED = "DraftProposed"
    DRAFT_DISCARDED = "DraftDiscarded"

    STUDIO_SETTING_ASKED = "StudioSettingAsked"
    STUDIO_SETTING_ASKED_NO_MORE = "StudioSettingAskedNoMore"
    STUDIO_SETTING_CHANGED = "StudioSettingChanged"

    OFFICE_AREAS_CHANGED = "OfficeAreasChanged"

    SIGNING_KEY_ENTERED = "SigningKeyEntered"
    SIGNING_KEY_TRUSTED = "SigningKeyTrusted"
    SIGNING_KEY_REMOVED = "SigningKeyRemoved"
