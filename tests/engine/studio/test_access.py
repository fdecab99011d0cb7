"""Access changed by choosing: what was asked for holds, and nothing else has moved."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from engine.studio import access
from engine.studio.blank import blank
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
        given = {cell: not allowed} | ({} if allowed else {(*cell[:2], "read"): True})
        assert everything(turned) == {**before, **given}, cell
        back = Bundle(bundle.key, access.let(turned.files, bundle.key, *cell, allowed))
        if not allowed and cell[2] != "read":  # what they could do they could read, and still can
            read = (*cell[:2], "read")
            back = Bundle(bundle.key, access.let(back.files, bundle.key, *read, before[read]))
        assert everything(back) == before, cell


def test_who_may_do_a_step_may_read_it_whatever_they_were_let_do() -> None:
    bundle = Bundle(
        "guardianship_status",
        {**BUNDLES[1].files, "policy.xml": blank("guardianship_status", "", {}).files["policy.xml"]},
    )
    for action in access.ACTIONS:
        files = access.let(bundle.files, bundle.key, "Status", "verge", action, True)
        assert access.may(files, bundle.key, "Status", "verge", "read"), action


def test_what_holds_already_changes_no_file() -> None:
    bundle = BUNDLES[0]
    cell, allowed = next(iter(everything(bundle).items()))
    assert access.let(bundle.files, bundle.key, *cell, allowed) == dict(bundle.files)
