from __future__ import annotations

import pytest

from forms.numbers import digits
from forms.validation import check_schema


@pytest.mark.parametrize(
    "written",
    [
        "01019012345",
        "010190 12345",
        "010190-12345",
        "010190.12345",
        "01.01.90 12345",
        "010190\u00a012345",
        "010190\u201312345",
        " 010190\t12345 ",
        "010190\u202f12345",
        "010190\u200b12345",
    ],
)
def test_a_number_is_read_however_its_digits_are_grouped(written: str) -> None:
    assert digits(written) == "01019012345"


@pytest.mark.parametrize("written", ["", "-", "01019O12345", "٠١٠١٩٠١٢٣٤٥", "+4701019012345", "010190,12345", "１２３"])
def test_what_is_no_number_of_plain_digits_is_none(written: str) -> None:
    assert digits(written) == ""


def wrong(value: str) -> bool:
    schema = {"type": "object", "properties": {"e": {"type": "string", "format": "email"}}}
    return [issue.code for issue in check_schema(schema, {"e": value})] == ["format"]


@pytest.mark.parametrize("value", ["kari@", "@", "a b@c", "a@@b", "kari.no", "a@b..no", "a@-b.no", "a@b.no "])
def test_what_no_letter_can_reach_is_no_email_address(value: str) -> None:
    assert wrong(value)


@pytest.mark.parametrize("value", ["kari@post.no", "kari.normann+lan@sub.post-kontor.example", "o'neil@post.no"])
def test_what_people_have_is_an_email_address(value: str) -> None:
    assert not wrong(value)
