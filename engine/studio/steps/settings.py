"""The studio's rules, and whose bundles are trusted."""

from __future__ import annotations

from engine.studio import office_areas, studio_settings, trusted_issuers
from engine.studio.commands import DistrustIssuer, EnterIssuerKey, SetOfficeAreas, SetStudioSetting, TrustIssuer
from engine.studio.event_kinds import StudioEvent
from engine.studio.trusted_issuers import TrustedIssuer
from engine.workflow.errors import NotFound
from engine.workflow.execution.commands import Outcome
from engine.workflow.execution.context import Context


def set_rule(ctx: Context) -> None:
    """Turn a rule; where two must agree, turning it off is only asked for at first."""
    command = ctx.command
    assert isinstance(command, SetStudioSetting)
    if command.name not in studio_settings.RULES:
        raise NotFound(command.name)
    became = studio_settings.turn(ctx.connection, command.name, command.on, ctx.actor.person_id, ctx.now)
    ctx.outcome = Outcome(state=became)
    kinds = {"changed": StudioEvent.STUDIO_SETTING_CHANGED, "asked": StudioEvent.STUDIO_SETTING_ASKED}
    ctx.audit_kind, ctx.audit_data = kinds.get(became), {"name": command.name, "value": command.on}


def clear_requests(ctx: Context) -> None:
    """What was asked about a rule that has been turned is not asked any more."""
    assert isinstance(ctx.command, SetStudioSetting)
    if ctx.outcome.state != "changed":
        return
    gone = studio_settings.clear_requests(ctx.connection, ctx.command.name, ctx.actor.person_id, ctx.now)
    if gone:
        ctx.audit_kind, ctx.audit_data = StudioEvent.STUDIO_SETTING_ASKED_NO_MORE, {"names": gone}


def set_office_areas(ctx: Context) -> None:
    """Which office takes the cases of whom from now on."""
    command = ctx.command
    assert isinstance(command, SetOfficeAreas)
    before = {area.municipality: area.orgno for area in office_areas.every(ctx.connection)}
    after = {area.municipality: area.orgno for area in command.areas}
    office_areas.save(ctx.connection, command.areas, ctx.actor.person_id, ctx.now)
    changed = sorted(one for one in before.keys() | after.keys() if before.get(one) != after.get(one))
    ctx.audit_kind = StudioEvent.OFFICE_AREAS_CHANGED
    ctx.audit_data = {"changed": {one: {"from": before.get(one), "to": after.get(one)} for one in changed}}


def enter_key(ctx: Context) -> None:
    """A key waits for a colleague's yes where two must agree."""
    command = ctx.command
    assert isinstance(command, EnterIssuerKey)
    entered = trusted_issuers.enter(ctx.connection, command.name, command.jwk, ctx.actor.person_id, ctx.now)
    _audit(ctx, StudioEvent.SIGNING_KEY_ENTERED, entered)


def agree_to_key(ctx: Context) -> None:
    """The second person's yes."""
    assert isinstance(ctx.command, TrustIssuer)
    agreed = trusted_issuers.agree(ctx.connection, ctx.command.thumbprint, ctx.actor.person_id, ctx.now)
    _audit(ctx, StudioEvent.SIGNING_KEY_TRUSTED, agreed)


def remove_key(ctx: Context) -> None:
    """One person is enough to trust less."""
    assert isinstance(ctx.command, DistrustIssuer)
    gone = trusted_issuers.remove(ctx.connection, ctx.command.thumbprint, ctx.actor.person_id, ctx.now)
    _audit(ctx, StudioEvent.SIGNING_KEY_REMOVED, gone)


def _audit(ctx: Context, kind: StudioEvent, about: TrustedIssuer | None) -> None:
    if about is not None:
        ctx.audit_kind, ctx.audit_data = kind, {"name": about.name, "thumbprint": about.thumbprint}
