"""Who takes part in a case."""

from __future__ import annotations

from engine.casework import participants
from engine.casework.commands import AddParty, ChangePartyRole, EndParty, FollowGuardianship
from engine.casework.event_kinds import CaseworkEvent
from engine.workflow.authorization import role_codes
from engine.workflow.authorization.actor import Role
from engine.workflow.errors import Forbidden, NotPossible, Reason
from engine.workflow.execution.commands import Outcome
from engine.workflow.execution.context import Context
from engine.workflow.instances import parties

#: The reference of a guardian whom the population register names.
REGISTER = "folkeregisteret"


def add_party(ctx: Context) -> None:
    """Whoever has a number becomes known to the vault by it; others are a name in this case alone."""
    assert isinstance(ctx.command, AddParty)
    one, vault = ctx.command, ctx.services.vault
    if not one.name.strip():
        raise NotPossible(Reason("", "text-missing", "there is no name"))
    if not one.pid and len(one.name) > participants.MAX_NAME:
        raise NotPossible(Reason("", "text-long", f"the name has more than {participants.MAX_NAME} characters"))
    person_id = ""
    if one.pid:
        assert one.birth_date is not None
        person_id = vault.register(
            ctx.connection, pid=one.pid, name=one.name, birth_date=one.birth_date, former=one.former
        ).id
    ctx.audit_data = participants.add(
        ctx.connection,
        vault,
        author=ctx.actor.person_id,
        case=ctx.opened,
        bundle=ctx.deployed(ctx.opened.definition_id).bundle,
        role=one.role,
        now=ctx.now,
        person_id=person_id,
        name="" if one.pid else one.name,
    )
    ctx.audit_kind = CaseworkEvent.PARTY_ADDED
    ctx.outcome = Outcome(ctx.case_id, made=ctx.audit_data["party"])


def require_staff(ctx: Context) -> None:
    """What a register said is written down by the office or by the system, never by one who takes part."""
    if ctx.actor.role is Role.CITIZEN:
        raise Forbidden(ctx.case_id)


def follow_guardianship(ctx: Context) -> None:
    """Leaves no event where the register says what it said before."""
    assert isinstance(ctx.command, FollowGuardianship)
    one, wanted = ctx.command, []
    if one.pid:
        assert one.birth_date is not None
        guardian = ctx.services.vault.register(ctx.connection, pid=one.pid, name=one.name, birth_date=one.birth_date)
        wanted = [parties.CaseParty(guardian.id, role_codes.GUARDIAN, guardian.id, REGISTER)]
    ctx.outcome = Outcome(ctx.case_id)
    if parties.agree(ctx.connection, ctx.case_id, wanted, ctx.now, REGISTER):
        ctx.audit_kind = CaseworkEvent.GUARDIANSHIP_CHANGED
        ctx.audit_data = {"guardian": wanted[0].person_id if wanted else ""}


def change_party_role(ctx: Context) -> None:
    """Leaves no event where it is the role there was."""
    assert isinstance(ctx.command, ChangePartyRole)
    changed = participants.change(
        ctx.connection,
        ctx.services.vault,
        author=ctx.actor.person_id,
        case=ctx.opened,
        bundle=ctx.deployed(ctx.opened.definition_id).bundle,
        party_id=ctx.command.party_id,
        role=ctx.command.role,
    )
    if changed is not None:
        ctx.audit_kind, ctx.audit_data = CaseworkEvent.PARTY_CHANGED, changed


def end_party(ctx: Context) -> None:
    """What a register says is the register's own to end."""
    assert isinstance(ctx.command, EndParty)
    ctx.audit_data = participants.end(
        ctx.connection,
        ctx.services.vault,
        case=ctx.opened,
        party_id=ctx.command.party_id,
        reason=ctx.command.reason,
        now=ctx.now,
    )
    ctx.audit_kind = CaseworkEvent.PARTY_ENDED
