"""A reason is stored whole or refused with how long it may be."""

from __future__ import annotations

import pytest

from engine.workflow.errors import NotPossible
from engine.workflow.execution.steps.reasons import MAX_REASON, require_reason_within_limit


def test_a_reason_is_given_on_as_it_is_up_to_the_limit() -> None:
    assert require_reason_within_limit("x" * MAX_REASON) == "x" * MAX_REASON


def test_one_character_more_is_refused_and_says_how_many_there_may_be() -> None:
    with pytest.raises(NotPossible) as refused:
        require_reason_within_limit("x" * (MAX_REASON + 1))
    [why] = refused.value.reasons
    assert why.rule == "text-long" and str(MAX_REASON) in why.message
