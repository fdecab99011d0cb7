"""The job that calls a system outside: what is sent, what is kept, and every way it can go wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from engine.advice.task_types.call_out import (
    Ask,
    CallOut,
    CallRefusedError,
    ReplyUnusableError,
    Scalar,
    Wanted,
    nested,
    picked,
)
from engine.platform.clock import FixedClock
from engine.platform.provider_errors import SourceError, SourceUnavailableError
from engine.workflow.audit.chain import audit_event
from engine.workflow.authorization.actor import SYSTEM
from engine.workflow.execution import data
from engine.workflow.execution.commands import ResolveIncident, StartInstance
from engine.workflow.execution.models import process_instance
from engine.workflow.jobs.job_types import Done
from engine.workflow.jobs.outbox import Work
from tests.engine.workflow.jobs.conftest import CITIZEN, Cases
from tests.factories.bundles import flow, job, line

SECRET = "Anne sitt hemmelege svar"
FIELD = '["dataModel", "why", "variables"]'
CAUGHT = (
    '<startEvent id="s"/><serviceTask id="j">{job}</serviceTask><endEvent id="e"/><endEvent id="no"/>'
    '<boundaryEvent id="b" attachedToRef="j"><errorEventDefinition errorRef="err"/></boundaryEvent>'
    + line("s", "j", "e")
    + flow("b", "no")
)


class Outside:
    """A target that answers as told, once per call, then for ever the last way."""

    title = "Kommunen"

    def __init__(self, *answers: dict[str, Scalar] | SourceError) -> None:
        self.answers = list(answers)
        self.requests: list[Ask] = []

    def call(self, ask: Ask) -> dict[str, Scalar]:
        self.requests.append(ask)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, SourceError):
            raise answer
        return answer


def calling(
    cases: Cases,
    *answers: dict[str, Scalar] | SourceError,
    catch: str = "",
    metadata: dict[str, object] | None = None,
    **config: str,
) -> Outside:
    """A process that calls *answers* out, and catches the error *catch*."""
    outside = Outside(*answers)
    app = cases.app
    app.job_types["call_out"] = CallOut(app.db, app.vault, app.library, app.clock, {"kommunen": outside})
    config = {"target": "kommunen", **config}
    body = CAUGHT.format(job=job("call_out", **config))
    if catch:
        cases.deploy(body, head=f'<error id="err" errorCode="{catch}"/>')
    else:
        cases.deploy(body[: body.index('<endEvent id="no"')] + line("s", "j", "e"), metadata=metadata)
    return outside


def variables(cases: Cases, case: str) -> dict[str, Any]:
    with cases.app.db.read() as connection:
        found: dict[str, Any] = connection.execute(
            select(process_instance.c.variables).where(process_instance.c.id == case)
        ).scalar_one()
    return found


def test_chosen_values_go_out_and_chosen_values_come_back(cases: Cases) -> None:
    outside = calling(
        cases,
        {"receipt": "K-1", "count": 3},
        **{"body.case.why": FIELD, "body.from": "iBalanse", "reply.receipt": "id", "reply.count": "n:number"},
    )
    case = cases.start(why=SECRET)

    cases.work()

    (ask,) = outside.requests
    assert ask.body == {"case": {"why": SECRET}, "from": "iBalanse"}
    assert ask.wanted == (Wanted("receipt", "id"), Wanted("count", "n", "number"))
    assert cases.state(case) == "completed"
    assert variables(cases, case) | {"receipt": "K-1", "count": 3} == variables(cases, case)
    with cases.app.db.read() as connection:
        trail = select(audit_event.c.data).where(audit_event.c.kind == "CalledOut")
        assert connection.execute(trail).scalars().all() == [{"target": "kommunen", "sent": ["case.why", "from"]}]
    assert cases.whole()


def test_an_answer_is_sent_and_never_lies_in_the_queue(cases: Cases, anne: str) -> None:
    settings = {"body.form": '["dataModel", "why", "form"]', "body.variable": FIELD}
    form: dict[str, object] = {"dataTypes": [{"id": "form", "taskId": "j"}]}
    outside = calling(cases, SourceUnavailableError("http_500"), metadata=form, **settings)
    case = cases.app.dispatch.send(StartInstance("p", anne, {"why": SECRET}), replace(CITIZEN, person_id=anne)).case_id
    with cases.app.db.write() as connection:
        data.write(
            connection,
            cases.app.vault,
            instance_id=case,
            case_id=case,
            owner_id=anne,
            data_type="form",
            content={"why": SECRET},
            now=cases.app.clock.now(),
        )

    cases.work()

    assert outside.requests[0].body == {"form": SECRET, "variable": SECRET}
    (row,) = cases.due()
    assert row.payload == {"target": "kommunen"} and SECRET not in str(tuple(row))


def test_nobody_is_called_for_a_step_that_has_ended_since_the_work_was_taken(cases: Cases) -> None:
    outside = calling(cases, {}, **{"body.case.why": FIELD})
    cases.start(why=SECRET)
    (row,) = cases.due()
    work = Work(**{name: getattr(row, name) for name in Work.__dataclass_fields__} | {"token_id": "ended"})

    result = cases.app.job_types["call_out"].perform(work, cases.app.clock.now())

    assert (outside.requests, result) == ([], Done())


def test_five_hundred_then_well_is_one_call_with_the_same_key(cases: Cases, clock: FixedClock) -> None:
    outside = calling(cases, SourceUnavailableError("http_500"), SourceUnavailableError("timeout"), {})
    case = cases.start()

    for _ in range(3):
        cases.work()
        clock.advance(timedelta(hours=1))

    assert cases.state(case) == "completed"
    assert len({ask.key for ask in outside.requests}) == 1 and len(outside.requests) == 3
    assert cases.events()[case]["CalledOut"] == 1


def test_it_comes_again_when_the_other_side_asks_it_to(cases: Cases, clock: FixedClock) -> None:
    outside = calling(cases, SourceUnavailableError("http_429", retry_after=1800), {})
    case = cases.start()
    cases.work()

    clock.advance(timedelta(seconds=1799))
    cases.work()
    assert len(outside.requests) == 1
    clock.advance(timedelta(seconds=1))
    cases.work()

    assert len(outside.requests) == 2 and cases.state(case) == "completed"


def test_a_no_is_an_error_the_diagram_may_catch(cases: Cases) -> None:
    calling(cases, CallRefusedError("http_422"), catch="CALL_REFUSED")
    case = cases.start()

    cases.work()

    assert cases.state(case) == "completed" and not cases.incidents()
    assert cases.events()[case]["ErrorThrown"] == 1


def test_a_no_that_nobody_catches_is_an_incident_with_its_code(cases: Cases) -> None:
    calling(cases, CallRefusedError("http_409"))
    cases.start()

    cases.work()

    (found,) = cases.incidents()
    assert (found.code, found.detail) == ("uncaught_error", "CALL_REFUSED: http_409")


def test_nothing_is_sent_when_a_value_is_missing(cases: Cases) -> None:
    outside = calling(cases, {}, **{"body.why": FIELD, "body.from": "iBalanse"})
    case = cases.start(why="")

    cases.work()

    assert not outside.requests
    assert cases.incidents()[0].detail == "VALUE_MISSING: why"
    with cases.app.db.write() as connection:
        connection.execute(
            process_instance.update().values(variables={"why": "now"}).where(process_instance.c.id == case)
        )

    cases.app.dispatch.send(ResolveIncident(cases.incidents()[0].id, "retry", ""), SYSTEM)
    cases.work()
    assert outside.requests[0].body == {"why": "now", "from": "iBalanse"} and cases.state(case) == "completed"


def test_what_cannot_be_mended_by_trying_again_is_told_to_a_person(cases: Cases) -> None:
    failing: list[tuple[dict[str, str], Any, str, str]] = [
        ({"target": "elsewhere"}, {}, "unknown_target", "elsewhere"),
        ({"body.a": "1", "body.a.b": "2"}, {}, "settings_conflict", "a, a.b"),
        ({"body.big": "x" * 70_000}, {}, "body_too_large", ""),
        ({"body.why": '["greaterThan", ["dataModel", "why", "variables"], 1]'}, {}, "expression_failed", "body.why"),
        ({}, ReplyUnusableError("reply_value_missing", "receipt"), "reply_value_missing", "receipt"),
    ]
    for config, answer, *incident in failing:
        calling(cases, answer, **config)
        case = cases.start(why=SECRET)
        cases.work()
        assert [[i.code, i.detail] for i in cases.incidents() if i.case_id == case] == [incident]


@pytest.mark.parametrize(
    ("path", "kind", "value"),
    [
        ("a.b", "", "text"),
        ("list.1.n", "number", 2),
        ("yes", "flag", True),
        ("exact", "number", 1.5),
        ("whole", "number", 7),
    ],
)
def test_a_value_is_picked_by_its_place_and_its_type(path: str, kind: str, value: Scalar) -> None:
    reply = {
        "a": {"b": "text"},
        "list": [{"n": 1}, {"n": 2}],
        "yes": True,
        "exact": Decimal("1.5"),
        "whole": Decimal("7"),
    }
    assert picked(reply, (Wanted("v", path, kind),)) == {"v": value}


@pytest.mark.parametrize(
    ("path", "kind", "code"),
    [
        ("a.c", "", "reply_value_missing"),
        ("list.9", "", "reply_value_missing"),
        ("a", "", "reply_value_type"),
        ("nothing", "", "reply_value_type"),
        ("yes", "number", "reply_value_type"),
        ("a.b", "number", "reply_value_type"),
        ("long", "text", "reply_value_too_long"),
        ("huge", "", "reply_value_type"),
        ("tiny", "number", "reply_value_type"),
        ("digits", "number", "reply_value_type"),
    ],
)
def test_what_was_not_promised_is_not_taken(path: str, kind: str, code: str) -> None:
    reply = {
        "a": {"b": "1"},
        "list": [1],
        "yes": True,
        "nothing": None,
        "long": "x" * 4_001,
        "huge": Decimal("1e1000000"),
        "tiny": Decimal("1e-1000000"),
        "digits": 10**400,
    }
    with pytest.raises(ReplyUnusableError, match=code):
        picked(reply, (Wanted("v", path, kind),))


def test_names_with_dots_are_objects_in_objects() -> None:
    assert nested({"a.b": 1, "a.c.d": 2, "e": 3}) == {"a": {"b": 1, "c": {"d": 2}}, "e": 3}
    assert nested({"a": 1, "a.b": 2}) is None and nested({"a.b": 2, "a": 1}) is None
