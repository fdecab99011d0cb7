"""Receive tasks: they wait for a message, or begin a process with it."""

from __future__ import annotations

from tests.engine.workflow.execution.play import Play, boundary, steps, timer

MESSAGE = '<message id="m" name="M"/>'
OPERATION = (
    MESSAGE
    + '<interface id="i" name="i"><operation id="op" name="o"><inMessageRef>m</inMessageRef></operation></interface>'
)


def receive(**attributes: str) -> str:
    more = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<receiveTask id="r"{more}/>'


def test_it_waits_for_its_message_and_knows_what_came_with_it() -> None:
    play = Play(steps("s > (r) > a > e") + receive(messageRef="m"), head=MESSAGE)

    assert play.waiting == ["r"]
    play.send({"message": "M", "variables": {"x": 1}})
    assert (play.done, play.variables) == ("r a", {"x": 1})


def test_it_may_be_completed_by_hand() -> None:
    assert Play(steps("s > (r) > a > e") + receive(messageRef="m"), head=MESSAGE).send({"complete": "r"}).done == "r a"


def test_its_operation_may_name_the_message() -> None:
    play = Play(steps("s > (r) > a > e") + receive(operationRef="op"), head=OPERATION)

    assert play.send({"message": "M"}).done == "r a"


def test_its_boundary_event_ends_the_waiting() -> None:
    body = steps("s > (r) > a > e", "(b) > o > e9") + receive(messageRef="m") + boundary("b", "r", timer("PT1H"))

    assert Play(body, head=MESSAGE).send({"advance": "PT1H"}, {"message": "M"}).done == "r- o"


def test_each_of_several_takes_one_message() -> None:
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
    body = steps("s > (r) > a > e") + f'<receiveTask id="r" messageRef="m">{loop}</receiveTask>'
    play = Play(body, head=MESSAGE).send({"message": "M"})

    assert play.done == "r"
    assert play.send({"message": "M"}).done == "r r a"


def test_at_the_start_it_begins_the_process() -> None:
    play = Play(steps("(r) > a > e") + receive(messageRef="m", instantiate="true"), head=MESSAGE, begin=False)

    assert (play.state, play.waiting) == ("active", ["r"])
    assert play.send({"message": "M"}, {"message": "M"}).done == "r a r a"
