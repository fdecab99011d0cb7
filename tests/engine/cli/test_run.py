"""``ibalanse run``: every sentence of its contract; bad input is refused with reasons and never a traceback."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any, NoReturn

import pytest

from engine.cli import main
from engine.cli.stimuli import _EFFECT, _KINDS
from tests.engine.workflow.execution.play import (
    boundary,
    error,
    event,
    file,
    message,
    scope,
    signal,
    steps,
    task,
    timer,
)
from tests.factories.sampling import examples

Run = Any


class Ran:
    """What one run of the command answered."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err
        self.rows = [json.loads(line) for line in out.splitlines()] if status == 0 else []

    @property
    def result(self) -> dict[str, Any]:
        found: dict[str, Any] = self.rows[-1]["result"]
        return found

    @property
    def done(self) -> list[str]:
        return [row["element"] for row in self.rows[:-1] if row["state"] == "completed" and row["type"][-4:] == "Task"]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a model with stimuli and bindings given as Python values or as raw text."""

    def go(model: str | bytes | Path, stimuli: object = None, bind: object = None, *options: str) -> Ran:
        path = model if isinstance(model, Path) else tmp_path / "model.bpmn"
        if not isinstance(model, Path):
            path.write_bytes(model if isinstance(model, bytes) else file(model))
        arguments = ["run", str(path), "--conditions", "simple", *options]
        for name, value in (("stimuli", stimuli), ("bind", bind)):
            if value is not None:
                target = tmp_path / f"{name}.json"
                target.write_bytes(value if isinstance(value, bytes) else json.dumps(value).encode())
                arguments += [f"--{name}", str(target)]
        try:
            status = main.main(arguments, wire=_unused, prepare=_unused, create_sandbox=_unused)
        except SystemExit as stopped:
            status = int(stopped.code or 0)
        captured = capsys.readouterr()
        return Ran(status, captured.out, captured.err)

    return go


def _unused(*_: object) -> NoReturn:
    raise AssertionError("running a file needs no application")


PLAIN = steps("s > a > u > b > e")


def test_every_change_of_state_is_one_line_and_the_result_is_the_last(run: Run) -> None:
    ran = run(PLAIN, [{"start": {"variables": {"x": 1}}}])

    first = ran.rows[0]
    assert first == {
        "seq": 1,
        "time": "2026-01-01T00:00:00Z",
        "element": "s",
        "type": "startEvent",
        "state": "activated",
        "instance": first["instance"],
        "parent": None,
    }
    assert [row["seq"] for row in ran.rows[:-1]] == list(range(1, len(ran.rows)))
    assert ran.result == {
        "state": "active",
        "waiting": [{"element": "u", "type": "userTask"}],
        "variables": {"x": 1},
        "incidents": [],
    }


def test_a_line_names_the_scope_it_lives_in_and_its_own_moment(run: Run) -> None:
    body = steps("s > (P) > e") + scope("P", steps("s1 > u > a > e1")) + boundary("b", "P", timer("PT1H"))
    ran = run(body + steps("(b) > o > e9"), [{"advance": "PT3H"}])

    scopes = {row["element"]: row["instance"] for row in ran.rows[:-1]}
    assert {row["parent"] for row in ran.rows[:-1] if row["element"] == "u"} == {scopes["P"]}
    assert {row["time"] for row in ran.rows[:-1] if row["element"] == "o"} == {"2026-01-01T01:00:00Z"}


def test_without_stimuli_it_is_started(run: Run) -> None:
    assert run(steps("s > a > e")).result["state"] == "completed"


@pytest.mark.parametrize(
    ("stimuli", "done"),
    [
        ([{"complete": "u", "variables": {"x": 1}, "action": "reject"}], ["a", "u", "b"]),
        ([{"start": {}}, {"complete": "u"}, {"start": {}}], ["a", "u", "b", "a"]),
        ([{"cancel": True}], ["a"]),
        ([{"set": {"x": 1}}], ["a"]),
        ([{"message": "M"}, {"signal": "S"}], ["a"]),
        ([], ["a"]),
    ],
)
def test_stimuli(run: Run, stimuli: list[Any], done: list[str]) -> None:
    assert run(PLAIN, stimuli).done == done


def test_an_error_and_an_escalation_come_from_outside(run: Run) -> None:
    caught = boundary("k", "u", error("E")) + steps("(k) > o > e9")

    assert run(PLAIN + caught, [{"error": "u", "code": "E"}]).done == ["a", "o"]
    assert run(PLAIN + caught, [{"error": "u", "code": "F"}]).result["incidents"][0]["code"] == "uncaught_error"
    noted = '<escalationEventDefinition escalationRef="E"/>'
    assert run(PLAIN + caught.replace(error("E"), noted), [{"escalation": "u", "code": "E"}]).done == ["a", "o"]


def test_the_first_message_begins_what_it_starts_and_else_finds_it_begun(run: Run) -> None:
    begins = event("startEvent", "s", message()) + steps("(s) > a > e")
    waits = steps("s > (c) > a > e") + event("intermediateCatchEvent", "c", message())
    for body in (begins, waits):
        assert run(body, [{"message": "M", "variables": {"x": 1}}]).result == {
            "state": "completed",
            "waiting": [],
            "variables": {"x": 1},
            "incidents": [],
        }


def test_a_message_finds_its_key(run: Run) -> None:
    key = '<extensionElements><ib:correlationKey>["dataModel","k"]</ib:correlationKey></extensionElements>'
    waits = steps("s > (c) > a > e") + event("intermediateCatchEvent", "c", key + message())
    started = {"start": {"variables": {"k": "7"}}}

    assert run(waits, [started, {"message": "M", "key": 8}]).done == []
    assert run(waits, [started, {"message": "M", "key": 7}]).done == ["a"]


def test_a_binding_is_by_element_or_by_script_and_each_key_works(run: Run) -> None:
    body = steps("s > a > b > e") + boundary("k", "b", error("E")) + steps("(k) > o > e9")
    bind = {"a": {"set": {"x": ["plus", 1, 2]}, "wait": "PT5S", "mark": "done"}, "b": {"error": "E"}}
    ran = run(body, [{"advance": "PT10S"}], bind)

    assert ran.result["variables"] == {"x": 3}
    assert [row["mark"] for row in ran.rows[:-1] if "mark" in row] == ["done"]
    assert ran.done == ["a", "o"]
    failed = run(steps("s > a > e"), None, {"a": {"fail": "no paper"}})
    assert (failed.status, failed.result["state"], failed.result["incidents"][0]["message"]) == (
        0,
        "failed",
        "no paper",
    )


def test_an_end_by_an_error_nobody_catches(run: Run) -> None:
    ran = run(steps("s > a > (w)") + event("endEvent", "w", error("E")))

    assert [row for row in ran.rows[:-1] if row["state"] == "failed"][0]["element"] == "w"
    assert ran.result["incidents"] == [{"element": "w", "type": "endEvent", "code": "uncaught_error", "message": "E"}]


def test_the_process_may_be_named(run: Run) -> None:
    body = f'<process id="one" isExecutable="true">{steps("s > a > e")}</process>'
    body += f'<process id="two">{steps("s2 > b > e2")}</process>'

    assert run(body).done == ["a"]
    assert run(body, None, None, "--process", "two").done == ["b"]
    assert run(body, None, None, "--process", "three").status == 2


def test_an_endless_loop_is_an_incident(run: Run) -> None:
    ran = run(steps("s > x > a > (x)"), None, None, "--max-steps", "100")

    assert (ran.status, ran.result["incidents"][0]["code"]) == (0, "endless_loop")


def test_a_bundle_folder_is_run_by_its_process(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "bundle"
    folder.mkdir()
    (folder / "process.bpmn").write_bytes(file(steps("s > a > e")))
    (folder / "layouts").mkdir()
    (folder / "metadata.json").write_text("this does not matter here")

    assert run(folder).done == ["a"]
    assert run(tmp_path).status == 2
    assert run(tmp_path / "gone.bpmn").status == 2


REFUSED = [
    (steps("s > (C) > e") + '<callActivity id="C" calledElement="gone"/>', "called-missing"),
    (steps("s > (r) > e") + '<receiveTask id="r"/>', "message-without-name"),
    (steps("s ? a >> b ? > x ? 1 ? > e"), "condition-unreadable"),
    (steps("s > a > e") + boundary("b", "gone", timer("PT1S")), "boundary-without-host"),
    (steps("s > a > e") + boundary("b", "a", timer("soon")) + steps("(b) > (e)"), "timer-unreadable"),
    ("", "no-start-event"),
    (task("a", startQuantity="99999"), "unreadable"),
    (task("a", startQuantity="²"), "unreadable"),
    (b"<definitions/>", "unreadable"),
    (b"\xff\xfe", "unreadable"),
    (b"", "unreadable"),
]


@pytest.mark.parametrize(("model", "rule"), REFUSED, ids=[rule for _, rule in REFUSED])
def test_what_cannot_be_executed_is_refused_as_a_list(run: Run, model: str | bytes, rule: str) -> None:
    ran = run(model)

    assert ran.status == 2
    assert rule in {finding["rule"] for finding in json.loads(ran.out)}
    assert {"element", "rule", "message"} <= set(json.loads(ran.out)[0])
    assert rule in ran.err


BAD_STIMULI: list[Any] = [
    {},
    "text",
    [1],
    [[]],
    [{}],
    [{"complete": 1}],
    [{"complete": "gone"}],
    [{"complete": "s"}],
    [{"fly": "u"}],
    [{"complete": "u", "signal": "S"}],
    [{"complete": "u", "variables": []}],
    [{"complete": "u", "variable": {}}],
    [{"complete": "u", "action": 1}],
    [{"start": []}],
    [{"start": {"variables": 1}}],
    [{"start": {"vars": {}}}],
    [{"advance": "soon"}],
    [{"advance": 5}],
    [{"advance": "-PT5S"}],
    [{"advance": "P99999999999Y"}],
    [{"advance": "P9999999D"}],
    [{"advance": "PT" + "9" * 400 + "S"}],
    [{"set": 1}],
    [{"cancel": False}],
    [{"cancel": "yes"}],
    [{"error": "gone"}],
    [{"error": "u", "code": {}}],
    [{"message": None}],
    [{"signal": 1}],
    [{"escalation": "gone"}],
    b"",
    b"{",
    b"\xff",
    b"[NaN]",
    b'[{"signal": "a", "signal": "b"}]',
    b"[" * 5000,
]


@pytest.mark.parametrize("stimuli", BAD_STIMULI, ids=[str(bad)[:40] for bad in BAD_STIMULI])
def test_bad_stimuli_are_refused_with_the_reason(run: Run, stimuli: object) -> None:
    ran = run(PLAIN, stimuli)

    assert ran.status == 2
    assert ran.err.strip() and "Traceback" not in ran.err


BAD_BINDINGS: list[Any] = [
    [],
    "x",
    {"a": 1},
    {"a": {"do": 1}},
    {"a": {"set": 1}},
    {"a": {"wait": "soon"}},
    {"a": {"wait": "-PT1S"}},
    {"a": {"wait": "P99999999Y"}},
    {"a": {"error": 1}},
    {"a": {"fail": []}},
    {"a": {"mark": 5}},
    {"a": None},
    b"[",
    b"",
]


@pytest.mark.parametrize("bind", BAD_BINDINGS, ids=[str(bad)[:40] for bad in BAD_BINDINGS])
def test_bad_bindings_are_refused_with_the_reason(run: Run, bind: object) -> None:
    ran = run(PLAIN, None, bind)

    assert ran.status == 2
    assert ran.err.strip() and "Traceback" not in ran.err


def test_an_expression_that_fails_is_an_incident_and_one_too_deep_is_refused(run: Run) -> None:
    deep: Any = 1
    for _ in range(200):
        deep = ["not", deep]

    assert run(PLAIN, None, {"a": {"set": {"x": deep}}}).status == 2
    wrong = run(PLAIN, None, {"a": {"set": {"x": ["noSuchFunction", 1]}}})
    assert (wrong.status, wrong.result["incidents"][0]["element"]) == (0, "a")


def test_a_cycle_that_would_fire_for_ever_stops_with_the_reason(run: Run) -> None:
    body = (
        steps("s > u > e") + boundary("b", "u", timer("R/PT1S", "timeCycle"), interrupting=False) + steps("(b) > (e)")
    )

    assert run(body, [{"advance": "P400D"}], None, "--max-steps", "2000").status == 2


def test_a_cycle_from_long_ago_goes_on_from_now(run: Run) -> None:
    cycle = timer("R/1970-01-01T00:00:00Z/PT1H", "timeCycle")
    body = steps("s > u > e") + boundary("b", "u", cycle, interrupting=False) + steps("(b) > a > (e)")

    assert run(body, [{"advance": "PT90M"}]).done == ["a", "a"]


def test_a_million_instances_are_an_incident_and_not_a_hang(run: Run) -> None:
    loop = "<loopCardinality>99999999999</loopCardinality>"
    loop = f"<multiInstanceLoopCharacteristics>{loop}</multiInstanceLoopCharacteristics>"

    assert run(steps("s > (a) > e") + task("a", loop)).result["incidents"][0]["code"] == "too_many_items"


@pytest.mark.parametrize("seed", range(examples(30)))
def test_a_model_that_was_damaged_is_run_or_refused(run: Run, seed: int) -> None:
    """Bytes of a good model are changed at random: no traceback, whatever comes of it."""
    chance = random.Random(seed)
    inner = steps("s1 > i ? x > 1 ? > a > i2 > e1", "(i) > b > (i2)")
    body = (
        steps("s > f > (P) > j > z > e", "(f) > (w) > (j)")
        + scope("P", inner)
        + event("intermediateThrowEvent", "w", signal())
    )
    body += boundary("k", "P", timer("PT5S")) + steps("(k) > o > e9")
    words = ["userTask", "P", "i", "9", "true", "false", '"', "<", ">", "PT5S", "endEvent", "subProcess", ""]
    good = file(body).decode()
    for _ in range(40):
        place = chance.randrange(len(good))
        bad = good[:place] + chance.choice(words) + good[place + chance.randrange(6) :]
        ran = run(bad.encode(), [{"start": {"variables": {"x": 2}}}, {"advance": "PT1M"}])
        assert ran.status in (0, 2)
        assert "Traceback" not in ran.err


def test_help_says_what_stimuli_and_bindings_are(capsys: pytest.CaptureFixture[str]) -> None:
    status = main.main(["run", "--help"], wire=_unused, prepare=_unused, create_sandbox=_unused)

    text = capsys.readouterr().out
    assert status == 0
    for word in (*_KINDS, *_EFFECT, "--process", "--stimuli", "--bind", "--conditions", "--max-steps"):
        assert word in text
