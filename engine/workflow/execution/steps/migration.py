"""Move an instance to another version of its process in place, and put it back where nothing has moved since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Row, Table, delete, insert, select, update

from engine.platform import row_json
from engine.workflow.audit.chain import audit_event, audit_head
from engine.workflow.audit.kinds import WorkflowEvent
from engine.workflow.authorization.policy import PolicyError, policy_of
from engine.workflow.bpmn.elements import Element
from engine.workflow.definitions.library import UnknownDefinitionError
from engine.workflow.errors import NotFound, NotPossible, Reason
from engine.workflow.execution import advance, migration
from engine.workflow.execution.behaviours import event_subscription, timer
from engine.workflow.execution.commands import MigrateInstance, UndoMigration
from engine.workflow.execution.context import Context
from engine.workflow.execution.correlation import key_of
from engine.workflow.execution.execution import Execution
from engine.workflow.execution.lifecycle import INCIDENT
from engine.workflow.execution.migration import Fit, Waiting
from engine.workflow.execution.models import (
    element_instance,
    incident,
    process_instance,
    subscription,
    user_task,
)
from engine.workflow.execution.steps.incidents import POLICY
from engine.workflow.execution.steps.suspension import deliver_buffered
from engine.workflow.execution.tokens import Instance, Scope, Token, Wait
from engine.workflow.instances.models import case_file
from engine.workflow.jobs.models import due_work

_WAITING = ("due", "leased", "held", "incident")
#: Columns that change with the others, in a later step.
_FOLLOWS: Mapping[str, tuple[str, ...]] = {
    "element_instance": ("data",),
    "case_file": ("waiting_for", "waiting_task", "waiting_since", "deadline_at", "warn_at"),
}
#: Kinds of events after which an undo would take back what a person has done.
_MOVES = ("Task", "Instance", "Deadline")


def validate_migration(ctx: Context) -> None:
    """Everything that does not fit, at once. Nothing has changed."""
    assert isinstance(ctx.command, MigrateInstance)
    try:
        target = ctx.deployed(ctx.command.definition_id)
    except UnknownDefinitionError:
        raise NotFound(ctx.command.definition_id) from None
    here = ctx.deployed(ctx.live.definition_id)
    if target.key != here.key:
        raise NotPossible(Reason("", "other-process", f"{target.key} is not another version of {here.key}"))
    if target.id == here.id:
        raise NotPossible(Reason("", "there-already", f"it runs on version {target.version} already"))
    new = target.bundle.process
    slips = migration.unknown_names(ctx.live.process, new, ctx.command.mapping)
    slips += migration.unknown_stages(
        {stage.id for stage in here.bundle.stages}, {stage.id for stage in target.bundle.stages}, ctx.command.mapping
    )
    if slips:
        raise NotPossible(*slips)
    tokens = _tokens(ctx)
    fit = migration.validate(ctx.live, tokens, _waits(ctx, tokens), new, ctx.command.mapping)
    stage = _stage(ctx)
    if stage is not None:
        migration.validate_stage(fit, stage, {s.id: s.replaces for s in target.bundle.stages}, ctx.command.mapping)
    if fit.reasons:
        raise NotPossible(*fit.reasons)
    ctx.fit = fit


def _tokens(ctx: Context) -> list[Token]:
    found: list[Token] = []
    pending: list[Scope] = [ctx.live]
    while pending:
        for token in ctx.execution.tokens_in(pending.pop()):
            found.append(token)
            if token.children:
                pending.append(token)
    return found


def _waits(ctx: Context, tokens: Iterable[Token]) -> list[Waiting]:
    """Rows of due work and subscriptions of the instance whose holder lives."""
    holders: dict[str, Scope] = {token.id: token for token in tokens}
    holders[ctx.live.id] = ctx.live
    found = []
    for row in ctx.connection.execute(
        select(due_work).where(due_work.c.instance_id == ctx.live.id, due_work.c.state.in_(_WAITING))
    ):
        if row.token_id in holders and row.kind in ("job", "timer", "deadline"):
            name = row.payload.get("cause", "") if row.kind == "timer" else row.name
            found.append(Waiting(row.id, holders[row.token_id], row.element_id, row.kind, name))
    for row in ctx.connection.execute(select(subscription).where(subscription.c.instance_id == ctx.live.id)):
        if row.token_id in holders:
            found.append(Waiting(row.id, holders[row.token_id], row.element_id, row.kind, row.message))
    return found


def _stage(ctx: Context) -> str | None:
    if not ctx.live.is_case:
        return None
    return ctx.connection.execute(select(case_file.c.stage).where(case_file.c.id == ctx.case_id)).scalar()


def migrate_rows(ctx: Context) -> None:
    """Element instances, tasks, due work, subscriptions and incidents change their place; dates stay what they were."""
    assert isinstance(ctx.command, MigrateInstance) and ctx.fit is not None
    target = ctx.deployed(ctx.command.definition_id)
    ctx.undo_data = {
        "from": ctx.live.definition_id,
        "to": target.id,
        "data": ctx.live.data,
        "rows": {},
        "gone": {},
        "armed": [],
    }
    for token in ctx.execution.tokens.values():
        place = ctx.fit.places[token.id]
        if place.id != token.element.id or token.id in ctx.fit.data:
            _change(ctx, element_instance, token.id, element_id=place.id)
        token.element = place
    _move_tasks(ctx)
    _move_waits(ctx, ctx.fit)
    for row in ctx.connection.execute(select(incident).where(incident.c.instance_id == ctx.live.id)):
        if row.token_id in ctx.fit.places and row.state == "open":
            _change(ctx, incident, row.id, element_id=ctx.fit.places[row.token_id].id)
    for scope_id, data in ctx.fit.data.items():
        scope: Scope = ctx.live if scope_id == ctx.live.id else ctx.execution.tokens[scope_id]
        scope.data = data
        scope.changed = True
    _change(ctx, process_instance, ctx.live.id, definition_id=target.id)
    if ctx.live.is_case:
        _change(ctx, case_file, ctx.case_id, definition_id=target.id, **_new_stage(ctx, ctx.fit))
    ctx.live.definition_id = target.id
    ctx.live.process = target.bundle.process
    ctx.live.changed = True
    ctx.audit_kind = WorkflowEvent.INSTANCE_MIGRATED
    ctx.audit_data = {
        "instance": ctx.live.id,
        "from": ctx.undo_data["from"],
        "to": target.id,
        "mapping": dict(ctx.command.mapping),
        "batch": ctx.command.batch_id,
    }
    if ctx.fit.stage is not None:
        ctx.audit_data["stage"] = {"from": ctx.fit.stage[0], "to": ctx.fit.stage[1]}


def reread_policy(ctx: Context) -> None:
    """An incident about the old policy ends where all of the new one is evaluated; else it says what is not."""
    target = ctx.deployed(ctx.live.definition_id)
    wanted = (incident.c.instance_id == ctx.live.id, incident.c.code == POLICY, incident.c.state == "open")
    for row in ctx.connection.execute(select(incident.c.id).where(*wanted)).all():
        try:
            policy_of(target.bundle.files)
        except PolicyError as error:
            _change(ctx, incident, row.id, detail=str(error)[:1000])
        else:
            state = INCIDENT.after("open", "retry")
            _change(ctx, incident, row.id, state=state, ended_at=ctx.now, ended_by=ctx.actor.person_id)


def _new_stage(ctx: Context, fit: Fit) -> dict[str, Any]:
    """The stage the case is in and has been in, under the name it has from now on."""
    if fit.stage is None:
        return {}
    old, new = fit.stage
    been = ctx.connection.execute(select(case_file.c.stages).where(case_file.c.id == ctx.case_id)).scalar_one()
    return {"stage": new, "stages": [{**entry, "id": new if entry["id"] == old else entry["id"]} for entry in been]}


def _change(ctx: Context, table: Table, identity: str, **values: object) -> None:
    """Change a row and keep what it was, for an undo. A row that is as it shall be is left alone."""
    names = list(values)
    columns = [table.c[name] for name in (*names, *_FOLLOWS.get(table.name, ()))]
    row = ctx.connection.execute(select(*columns).where(table.c.id == identity)).one()
    before = row_json.to_json(row)
    if table is not element_instance and all(getattr(row, name) == value for name, value in values.items()):
        return
    ctx.undo_data["rows"].setdefault(table.name, {})[identity] = before
    ctx.connection.execute(update(table).where(table.c.id == identity).values(**values))


def _move_tasks(ctx: Context) -> None:
    """Open tasks show the new version's form. Who has them, since when and until when stays."""
    assert isinstance(ctx.command, MigrateInstance) and ctx.fit is not None
    open_here = (user_task.c.instance_id == ctx.live.id, user_task.c.state.in_(("ready", "claimed")))
    for row in ctx.connection.execute(select(user_task).where(*open_here)).all():
        place = ctx.fit.places.get(row.id)
        if place is not None:
            _change(
                ctx,
                user_task,
                row.id,
                element_id=place.id,
                definition_id=ctx.command.definition_id,
                task_type=place.extension.task_type or "data",
                performer=place.extension.performer or "citizen",
                page=row.page if place.id == row.element_id else None,
            )


def _move_waits(ctx: Context, fit: Fit) -> None:
    for row in ctx.connection.execute(select(due_work).where(due_work.c.instance_id == ctx.live.id)).all():
        if row.id in fit.dropped:
            _remove(ctx, due_work, row)
        elif row.id in fit.waits:
            place, event = fit.waits[row.id]
            payload = row.payload if event is None else {**row.payload, "cause": event.cause}
            _change(ctx, due_work, row.id, element_id=place.id, payload=payload)
    for row in ctx.connection.execute(select(subscription).where(subscription.c.instance_id == ctx.live.id)).all():
        if row.id in fit.dropped:
            _remove(ctx, subscription, row)
        elif row.id in fit.waits:
            place, event = fit.waits[row.id]
            assert event is not None
            _change(ctx, subscription, row.id, element_id=place.id, message=event.reference)


def _remove(ctx: Context, table: Table, row: Row[Any]) -> None:
    ctx.undo_data["gone"].setdefault(table.name, []).append(row_json.to_json(row))
    ctx.connection.execute(delete(table).where(table.c.id == row.id))


def listen_anew(ctx: Context) -> None:
    """Begin to listen at what only the new version has, and take messages that lie there under a new name.

    In a suspended case nothing moves: it listens, and hears when it is resumed.
    """
    assert ctx.fit is not None
    still = ctx.live.state == "suspended"
    for holder, element in ctx.fit.fresh:
        if holder.ended:
            continue
        ctx.undo_data["armed"].append([holder.id, element.id])
        if still:
            _listen_quietly(ctx.execution, holder, element)
        else:
            event_subscription.subscribe(ctx.execution, holder, element)
    if still:
        return
    advance.run(ctx.execution)
    if any(event is not None and event.kind == "message" for _, event in ctx.fit.waits.values()):
        deliver_buffered(ctx)


def _listen_quietly(execution: Execution, holder: Scope, element: Element) -> None:
    for event in element.events:
        if event.kind == "timer":
            timer.schedule(execution, holder, element, event)
        elif event.kind == "message":
            key = event.key if event.key is not None else element.correlation_key
            execution.wait_for(Wait(holder, element.id, "message", event.reference, key_of(execution, holder, key)))
        elif event.kind == "signal":
            execution.wait_for(Wait(holder, element.id, "signal", event.reference))
        elif event.kind == "conditional":
            instance = holder.instance
            instance.data = instance.data or {}
            instance.data.setdefault("conditions", []).append([holder.id, element.id, []])
            instance.changed = True


def report_migration(ctx: Context) -> None:
    """What an undo needs, and how the case's audit trail stood then."""
    seq = ctx.connection.execute(select(audit_head.c.seq).where(audit_head.c.case_id == ctx.case_id)).scalar_one()
    ctx.outcome = ctx.outcome.with_detail({**ctx.undo_data, "seq": seq, "moved": bool(ctx.execution.trace)})


def validate_undo(ctx: Context) -> None:
    """Only where nothing has moved since: no element, no task, no deadline."""
    assert isinstance(ctx.command, UndoMigration)
    before = ctx.command.before
    if ctx.live.definition_id != before["to"]:
        raise NotPossible(Reason("", "moved-since", "it has been migrated again since"))
    if before["moved"]:
        raise NotPossible(Reason("", "moved-since", "something that had waited happened with the migration itself"))
    events = ctx.connection.execute(
        select(audit_event.c.kind, audit_event.c.at, audit_event.c.data)
        .where(audit_event.c.case_id == ctx.case_id, audit_event.c.seq > before["seq"])
        .order_by(audit_event.c.seq)
    )
    for event in events:
        if event.data.get("moved") or event.kind.startswith(_MOVES):
            text = f"{event.kind} at {event.at.isoformat()}: the case has moved since"
            raise NotPossible(Reason("", "moved-since", text))


def restore_rows(ctx: Context) -> None:
    """Every row as it was, what was dropped is back, and what only the new version heard is heard no more."""
    assert isinstance(ctx.command, UndoMigration)
    before = ctx.command.before
    for holder, element in before["armed"]:
        for table in (due_work, subscription):
            ctx.connection.execute(delete(table).where(table.c.token_id == holder, table.c.element_id == element))
    for name, changed in before["rows"].items():
        table = _TABLES[name]
        for identity, values in changed.items():
            ctx.connection.execute(
                update(table).where(table.c.id == identity).values(**row_json.from_json(table, values))
            )
    for name, gone in before["gone"].items():
        for values in gone:
            ctx.connection.execute(insert(_TABLES[name]).values(**row_json.from_json(_TABLES[name], values)))
    ctx.connection.execute(
        update(process_instance)
        .where(process_instance.c.id == ctx.live.id)
        .values(data=before["data"], version=process_instance.c.version + 1)
    )
    ctx.audit_kind = WorkflowEvent.INSTANCE_MIGRATION_UNDONE
    ctx.audit_data = _undone(ctx.live, before, ctx.command.batch_id)


def _undone(instance: Instance, before: Mapping[str, Any], batch: str) -> dict[str, Any]:
    return {"instance": instance.id, "from": before["to"], "to": before["from"], "batch": batch}


_TABLES: Mapping[str, Table] = {
    table.name: table
    for table in (element_instance, due_work, subscription, user_task, incident, process_instance, case_file)
}
