"""The time is told by a clock that is handed in: in the engine and in what stands in for the world."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MACHINE = re.compile(r"\b(?:datetime\.(?:now|today|utcnow)|date\.today|time\.time)\(")
#: Where the machine's own time is right, and why.
RIGHT = {
    "engine/platform/clock.py": "the clock itself",
    "integrations/client_key.py": "a signature's seconds, which the provider compares with its own time",
    "integrations/http.py": "a pause that is counted from an answer without a date",
    "integrations/idporten/client.py": "a token's seconds",
    "integrations/sandbox/bearer.py": "a token's seconds",
    "integrations/sandbox/keys.py": "a token's seconds",
    "integrations/sandbox/maskinporten.py": "a token's seconds",
    "integrations/sandbox/oidc.py": "a code's and a token's seconds",
}


@pytest.mark.parametrize("part", ["engine", "forms", "integrations"])
def test_the_time_of_the_machine_is_read_only_where_it_must_be(part: str) -> None:
    found = {
        file.relative_to(ROOT).as_posix() for file in (ROOT / part).rglob("*.py") if MACHINE.search(file.read_text())
    }
    assert found == {place for place in RIGHT if place.startswith(f"{part}/")}
