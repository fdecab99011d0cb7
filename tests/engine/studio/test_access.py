"""Access changed by choosing: what was asked for holds, and nothing else has moved."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from engine.studio import access
from engine.workflow.definitions.bundle import Bundle

ROOT = Path(__file__).resolve().parents[3]
BUNDLES = [Bundle.read(ROOT / "docs" / "examples" / name) for name in ("estate_settlement", "guardianship_status")]
PEOPLE = ("userTask", "manualTask", "task")


def everything(bundle: Bundle) -> dict[tuple[str, str, str], bool]:
    steps = [e.id for e in bundle.process.elements.values() if e.type in PEOPLE]
    cells = product(steps, [*access.roles(bundle.files), "verge"], access.ACTIONS)
    return {cell: access.may(bundle.files, bundle.key, *cell) for cell in cells}


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda bundle: bundle.key)
def test_each_answer_can_be_turned_and_turned_back_and_no_other_moves(bundle: Bundle) -> None:
    before = everything(bundle)
    for cell, allowed in before.items():
        turned = Bundle(bundle.key, access.let(bundle.files, bundle.key, *cell, not allowed))
        assert everything(turned) == {**before, cell: not allowed}, cell
        back = Bundle(bundle.key, access.let(turned.files, bundle.key, *cell, allowed))
        assert everything(back) == before, cell


def test_what_holds_already_changes_no_file() -> None:
    bundle = BUNDLES[0]
    cell, allowed = next(iter(everything(bundle).items()))
    assert access.let(bundle.files, bundle.key, *cell, allowed) == dict(bundle.files)
