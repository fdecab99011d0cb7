from __future__ import annotations

import pytest

from engine.platform.name_index import same_person_name, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Łukasz", "lukasz"),
        ("Đorđe", "Dorde"),
        ("Áŋŋe", "Anne"),
        ("Ðagur", "Dagur"),
        ("José", "JOSE"),
        ("Anne-Marie", "anne marie"),
        ("A\u030ase", "Åse"),
        ("Kari\u200b Nor\u00admann", "Kari Normann"),
        ("Iı", "ii"),
    ],
)
def test_a_name_is_the_same_however_its_letters_are_written(one: str, other: str) -> None:
    assert words(one) == words(other)


@pytest.mark.parametrize(("one", "other"), [("Åse", "Ase"), ("Bø", "Bo"), ("Sæther", "Saether")])
def test_norwegian_letters_are_letters_of_their_own(one: str, other: str) -> None:
    assert words(one) != words(other)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Andreas Berg Eksempel", "Andreas Eksempel", True),
        ("Andreas Eksempel", "ANDREAS EKSEMPEL", True),
        ("Andreas Berg", "Andreas Berg Eksempel", False),
        ("Eksempel", "Andreas Eksempel", False),
        ("Kari Eksempel", "Andreas Eksempel", False),
        ("", "", False),
        ("Suryani", "SURYANI", True),
    ],
)
def test_two_ways_to_write_one_persons_name(one: str, other: str, same: bool) -> None:
    assert same_person_name(one, other) is same and same_person_name(other, one) is same
