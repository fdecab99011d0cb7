"""User, manual and plain tasks rest until someone completes them, the oldest first."""

from __future__ import annotations

import pytest

from tests.engine.workflow.execution.play import Play, steps


@pytest.mark.parametrize("kind", ["userTask", "manualTask", "task"])
def test_it_rests_until_it_is_completed(kind: str) -> None:
    play = Play(steps("s > (t) > a > e") + f'<{kind} id="t"/>')

    assert (play.done, play.waiting) == ("", ["t"])
    play.send({"complete": "t", "variables": {"x": 1}, "action": "reject"})
    assert (play.done, play.variables) == ("t a", {"x": 1, "action": "reject"})


def test_the_oldest_is_completed_first() -> None:
    body = steps("s > u ? who == 1 ? > a > e", "(u) ? who == 2 ? > b > (e)")
    play = Play(body, {"who": 1}).send({"start": {"variables": {"who": 2}}}, {"complete": "u"})

    assert play.done == "u a"
    assert play.send({"complete": "u"}).done == "u a u b"
