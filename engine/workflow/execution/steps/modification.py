"""Move tokens of a running instance by hand: end some, put others elsewhere, and never leave a scope with nothing."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from engine.workflow.audit.kinds import WorkflowEvent
from engine.workflow.bpmn.elements import Element
from engine.workflow.errors import NotPossible, Reason
from engine.workflow.execution import advance
from engine.workflow.execution.commands import ModifyInstance, StartAt
from engine.workflow.execution.context import Context
from engine.workflow.execution.models import element_instance, process_instance
from engine.workflow.execution.steps.reasons import require_reason_within_limit
from engine.workflow.execution.tokens import BODY, INNER, Scope, Token


def cancel_tokens(ctx: Context) -> None:
    """End the element instances named; everything inside them ends with them."""
    assert isinstance(ctx.command, ModifyInstance)
    if not (ctx.command.cancel or ctx.command.start):
        raise NotPossible(Reason("", "nothing-to-do", "name what to cancel, or where to start"))
    ctx.audit_kind = WorkflowEvent.INSTANCE_MODIFIED
    ctx.audit_data = {
        "cancel": list(ctx.command.cancel),
        "start": [start.element for start in ctx.command.start],
        "reason": require_reason_within_limit(ctx.command.reason),
    }
    everything = list(_living(ctx, ctx.live))
    for name in ctx.command.cancel:
        chosen = [t for t in everything if name in (t.id, t.element.id) and (t.role != INNER or t.id == name)]
        if not chosen:
            raise NotPossible(Reason(name, "not-there", "no such element instance lives in this process instance"))
        for token in chosen:
            if token.role == INNER:
                text = "it is one of several instances of an activity; cancel the whole activity"
                raise NotPossible(Reason(token.element.id, "inner-instance", text))
            if not token.ended:
                advance.end_by_hand(ctx.execution, token)


def _living(ctx: Context, scope: Scope) -> Iterator[Token]:
    """Every element instance of the process instance, outer ones first."""
    pending: list[Scope] = [scope]
    while pending:
        for token in ctx.execution.tokens_in(pending.pop()):
            yield token
            if token.children:
                pending.append(token)


def start_tokens(ctx: Context) -> None:
    """Put a token before each element named, in the scope it belongs to, and let everything move until it rests."""
    assert isinstance(ctx.command, ModifyInstance)
    for start in ctx.command.start:
        element = ctx.live.process.elements.get(start.element)
        if element is None:
            raise NotPossible(Reason(start.element, "unknown-element", "there is no such element in the process"))
        _refuse_odd_starts(element)
        scope = _scope(ctx, start, element)
        if start.variables:
            scope.variables = {**(scope.variables or {}), **start.variables}
            scope.changed = True
            ctx.execution.reevaluate_conditions_of(ctx.live)
        advance.enter(ctx.execution, element, scope)


def _refuse_odd_starts(element: Element) -> None:
    why = ""
    if element.type == "boundaryEvent":
        why = "a boundary event has no place of its own; start at the element after it"
    elif element.triggered_by_event:
        why = "an event subprocess is begun by its event only"
    elif element.for_compensation:
        why = "it is done by compensation only"
    if why:
        raise NotPossible(Reason(element.id, "cannot-start-here", why))


def _scope(ctx: Context, start: StartAt, element: Element) -> Scope:
    """The scope to start in: the one named, the only one there is, or a new one when there is none."""
    process = ctx.live.process
    if start.scope:
        token = ctx.execution.token(start.scope)
        if start.scope == ctx.live.id and element.scope == process.id:
            return ctx.live
        if token is None or token.instance is not ctx.live or token.element.id != element.scope or token.role == BODY:
            text = f"{element.id} does not belong into the element instance {start.scope}"
            raise NotPossible(Reason(element.id, "wrong-scope", text))
        return token
    missing: list[Element] = []
    wanted = element.scope
    scope: Scope = ctx.live
    while wanted != process.id:
        living = [t for t in _living(ctx, ctx.live) if t.element.id == wanted and t.role != BODY and not t.ended]
        if len(living) > 1:
            text = (
                f"{wanted} lives {len(living)} times; say in which element instance: {', '.join(t.id for t in living)}"
            )
            raise NotPossible(Reason(element.id, "scope-ambiguous", text))
        if living:
            scope = living[0]
            break
        missing.append(process.elements[wanted])
        wanted = process.elements[wanted].scope
    for outer in reversed(missing):
        if outer.repeats or outer.triggered_by_event or outer.ad_hoc is not None:
            text = f"{outer.id} does not run, and cannot be begun from inside; start at {outer.id}"
            raise NotPossible(Reason(element.id, "scope-not-there", text))
        scope = advance.open_inside(ctx.execution, outer, scope)
    return scope


def validate_scopes(ctx: Context) -> None:
    """Everything moves until it rests; a scope in which nothing is left is refused, and so is an empty instance."""
    scopes: list[Scope] = [ctx.live, *_living(ctx, ctx.live)]
    for scope in scopes:
        if isinstance(scope, Token) and not _is_scope(scope):
            continue
        if scope.changed and not scope.children and not scope.ended:
            name = "" if scope is ctx.live else scope.scope_key
            what = "the case; cancel the case instead" if scope is ctx.live else f"{name}; cancel {name} itself instead"
            raise NotPossible(Reason(name, "nothing-left", f"nothing would be left in {what}"))
    advance.run(ctx.execution)


def _is_scope(token: Token) -> bool:
    return token.role == BODY or token.element.type in ("subProcess", "transaction", "adHocSubProcess")


def report_tokens(ctx: Context) -> None:
    """Where everything of the case stands after the modification."""
    rows = ctx.connection.execute(
        select(element_instance.c.element_id, element_instance.c.id, element_instance.c.state)
        .join(process_instance, process_instance.c.id == element_instance.c.instance_id)
        .where(process_instance.c.case_id == ctx.case_id)
        .order_by(element_instance.c.entered_at, element_instance.c.id)
    )
    ctx.outcome = ctx.outcome.with_tokens(tuple((row.element_id, row.id, row.state) for row in rows))
