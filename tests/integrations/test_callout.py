"""Calls to an allowed address, over real HTTP to the sandbox: token, key, refusals, and answers that cannot be used."""

from __future__ import annotations

import pytest
import requests

from engine.advice.task_types.call_out import Ask, CallRefusedError, ReplyUnusableError, Target
from engine.advice.task_types.descriptions import Wanted
from engine.platform.provider_errors import SourceBrokenError, SourceError, SourceRefusedError, SourceUnavailableError
from engine.platform.settings import CallTarget, Settings, SettingsError, callouts
from integrations.wiring import connect

BODY = {"case": {"why": "noe"}}
WANTED = (Wanted("receipt", "reference"), Wanted("number", "result.number", "number"), Wanted("ok", "accepted", "flag"))


def target(settings: Settings) -> Target:
    return connect(settings).targets["sandkasse"]


def fault(settings: Settings, kind: str) -> None:
    requests.delete(f"{settings.sandbox_url}/faults", timeout=5)
    if kind:
        answer = requests.put(f"{settings.sandbox_url}/faults/callout/*", json={"kind": kind}, timeout=5)
        assert answer.status_code == 204


def test_the_same_key_twice_is_one_case_and_the_same_answer(sandbox: Settings) -> None:
    outside = target(sandbox)
    first = outside.call(Ask(BODY, WANTED, "key-1"))
    again = outside.call(Ask(BODY, WANTED, "key-1"))
    assert first == again == {"receipt": "MOTTAK-1", "number": 1, "ok": True}
    assert requests.get(f"{sandbox.sandbox_url}/mottak/saker", timeout=5).json() == [BODY]
    assert outside.title == "Sandkassens mottak"


@pytest.mark.parametrize(
    ("kind", "error", "code", "after"),
    [
        ("error", SourceUnavailableError, "http_500", None),
        ("busy", SourceUnavailableError, "http_429", 30.0),
        ("half", SourceBrokenError, "not_json", None),
        ("garbage", SourceBrokenError, "not_json", None),
        ("huge", SourceBrokenError, "answer_too_large", None),
        ("refuses", CallRefusedError, "http_403", None),
    ],
)
def test_each_failure_is_one_of_three(
    sandbox: Settings, kind: str, error: type[SourceError], code: str, after: float | None
) -> None:
    fault(sandbox, kind)
    with pytest.raises(error) as found:
        target(sandbox).call(Ask(BODY, WANTED, f"key-{kind}"))
    fault(sandbox, "")
    assert (found.value.code, found.value.retry_after) == (code, after)


def test_a_reply_without_what_was_promised_names_the_variable(sandbox: Settings) -> None:
    with pytest.raises(ReplyUnusableError) as found:
        target(sandbox).call(Ask(BODY, (Wanted("amount", "result.amount"),), "key-2"))
    assert (found.value.code, found.value.variable) == ("reply_value_missing", "amount")


def test_a_token_that_is_refused_is_our_fault_and_no_answer_to_the_case(sandbox: Settings) -> None:
    without = sandbox.model_copy(update={"maskinporten_client_id": "somebody-else"})
    with pytest.raises(SourceRefusedError) as found:
        target(without).call(Ask(BODY, (), "key-3"))
    assert not isinstance(found.value, CallRefusedError)


def test_the_list_of_addresses_is_the_whole_list(sandbox: Settings) -> None:
    moved = sandbox.model_copy(update={"callouts": {"ute": CallTarget(f"{sandbox.sandbox_url}/altinn", "Ute")}})
    found = connect(moved).targets
    assert list(found) == ["ute"]
    with pytest.raises(CallRefusedError, match="http_404"):
        found["ute"].call(Ask(BODY, (), "key-4"))


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"a": 1}',
        '{"a": {"title": "A"}}',
        '{"A b": {"url": "https://x.no/"}}',
        '{"a": {"url": "x.no"}}',
        '{"a": {"url": "file:///etc/passwd"}}',
        '{"a": {"url": "https://user:word@x.no/"}}',
    ],
)
def test_a_list_that_cannot_be_right_stops_the_start(text: str, tmp_path: object) -> None:
    with pytest.raises(SettingsError, match="IBALANSE_CALLOUTS"):
        Settings.from_env({"IBALANSE_DATA": str(tmp_path), "IBALANSE_ENV": "test", "IBALANSE_CALLOUTS": text})


def test_production_calls_nothing_by_itself_and_nothing_in_the_clear() -> None:
    assert callouts("", "http://sandbox", "production") == {}
    with pytest.raises(ValueError, match="whole https address"):
        callouts('{"a": {"url": "http://x.no/"}}', "", "production")
