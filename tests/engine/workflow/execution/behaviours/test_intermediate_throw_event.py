"""Intermediate throw events: what they throw is heard by who is just about to listen; links jump."""

from __future__ import annotations

import pytest

from tests.engine.workflow.execution.play import (
    Play,
    arrow,
    boundary,
    escalation,
    event,
    message,
    scope,
    signal,
    steps,
)


def link(name: str) -> str:
    return f'<linkEventDefinition name="{name}"/>'


@pytest.mark.parametrize("definition", [signal(), message()], ids=["signal", "message"])
@pytest.mark.parametrize("longer", ["thrower", "catcher"])
def test_a_branch_hears_another_whichever_is_longer(definition: str, longer: str) -> None:
    """Script tasks take no time, so a throw waits until every other token rests."""
    thrower, catcher = ("a > b > c > ", "") if longer == "thrower" else ("", "a > b > c > ")
    body = steps(f"s > f > {thrower}(w) > y > e", f"(f) > {catcher}(k) > z > e2")
    body += event("intermediateThrowEvent", "w", definition) + event("intermediateCatchEvent", "k", definition)

    assert Play(body).marks == ["a", "b", "c", "y", "z"]


def test_a_signal_is_gone_when_nobody_listens_and_time_must_pass_before_someone_does() -> None:
    body = steps("s > f > (w) > y > e", "(f) > late > (k) > z > e2")
    body += event("intermediateThrowEvent", "w", signal()) + event("intermediateCatchEvent", "k", signal())
    play = Play(body, bind={"late": {"wait": "PT10S"}}).send({"advance": "PT20S"})

    assert (play.marks, play.waiting) == (["late", "y"], ["k"])


def test_two_messages_thrown_one_after_another_reach_two_who_wait() -> None:
    body = steps("s > f > (w) > (w2) > e", "(f) > (c) > y > e2", "(f) > (d) > z > e3")
    body += "".join(event("intermediateThrowEvent", name, message()) for name in ("w", "w2"))
    body += "".join(event("intermediateCatchEvent", name, message()) for name in ("c", "d"))

    assert Play(body).marks == ["y", "z"]


def test_of_two_messages_thrown_at_once_each_reaches_somebody() -> None:
    body = steps("s > f > (c) > y > (d) > z > e", "(f) > u > f2 > (w) > e2", "(f2) > (w2) > e3")
    body += "".join(event("intermediateThrowEvent", name, message()) for name in ("w", "w2"))
    body += "".join(event("intermediateCatchEvent", name, message()) for name in ("c", "d"))
    play = Play(body).send({"complete": "u"})

    assert (play.marks, play.state) == (["u", "y", "z"], "completed")


def test_a_message_that_came_early_is_not_lost_when_another_event_is_chosen() -> None:
    """Both lie in the buffer; the gateway goes on with one, and who listens for the other gets it later."""
    body = steps("s > u > (g)", "(m) > y > (n2) > z > e", "(n) > q > e2")
    body += '<eventBasedGateway id="g"/>' + arrow("g", "m") + arrow("g", "n")
    body += event("intermediateCatchEvent", "m", message()) + event("intermediateCatchEvent", "n", message("N"))
    body += event("intermediateCatchEvent", "n2", message("N"))
    play = Play(body).send({"message": "N"}, {"message": "M"}, {"complete": "u"})

    assert play.marks in (["u", "y", "z"], ["q", "u"])


def test_a_none_event_is_passed() -> None:
    assert Play(steps("s > (w) > a > e") + event("intermediateThrowEvent", "w")).done == "a"


def test_a_link_jumps_to_its_other_end() -> None:
    body = steps("s > a > (w)", "(k) > b > e", "(s) > c > (v)") + event("intermediateThrowEvent", "w", link("L"))
    body += event("intermediateThrowEvent", "v", link("L")) + event("intermediateCatchEvent", "k", link("L"))
    play = Play(body)

    assert (play.marks, play.state) == (["a", "b", "b", "c"], "completed")


def test_links_of_one_name_in_two_scopes_do_not_meet() -> None:
    def pair(a: str, b: str, n: str) -> str:
        ends = event("intermediateThrowEvent", f"w{n}", link("L")) + event("intermediateCatchEvent", f"k{n}", link("L"))
        return steps(f"s{n} > {a} > (w{n})", f"(k{n}) > {b}") + ends

    body = pair("a", "b", "1") + steps("(b) > (P)") + scope("P", pair("c", "d", "2"))

    assert Play(body).done == "a b c d"


def test_an_inclusive_join_waits_for_what_comes_over_a_link() -> None:
    body = steps("s > f > a > i > z > e", "(f) > u > (w)", "(k) > (i)")
    body += event("intermediateThrowEvent", "w", link("L")) + event("intermediateCatchEvent", "k", link("L"))

    assert Play(body).send({"complete": "u"}).done == "a u z"


def test_several_events_are_all_thrown_until_one_interrupts() -> None:
    inside = steps("s1 > (w) > b > e1") + event("intermediateThrowEvent", "w", escalation("E") + escalation("F"))
    body = steps("s > (P) > z > e", "(c) > y > e8", "(d) > x > e9").replace("exclusiveGateway", "scriptTask") + scope(
        "P", inside
    )
    body += boundary("c", "P", escalation("E"), interrupting=False) + boundary("d", "P", escalation("F"))

    assert Play(body).ended.count("c") == 1 and Play(body).ended.count("d") == 1
    assert "b" not in Play(body).marks
