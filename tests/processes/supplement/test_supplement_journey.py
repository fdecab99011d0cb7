"""What the citizen adds beside the sources."""

from __future__ import annotations

from decimal import Decimal

from engine.advice.economy.sourced import CITIZEN
from engine.advice.economy.supplements import Supplement, SupplementKind
from engine.advice.evidence import harvest, snapshots
from tests.processes.conftest import Product


def test_an_entry_by_hand_is_kept_sealed_and_shown_as_the_citizens_own(product: Product) -> None:
    case = product.start("supplement")
    now = product.clock.now()
    entry = Supplement("s1", SupplementKind.DEBT, "Lån av bror", Decimal("15000.00"), now)
    vault = product.application.vault

    with product.application.db.write() as connection:
        harvest.supplement_by_hand(connection, vault, case_id=case, person_id=product.anne.person_id, entry=entry)
        overview = snapshots.build(
            connection, vault, case_id=case, person_id=product.anne.person_id, data_sets={}, now=now
        )

    assert [(d.creditor, d.balance.value, d.balance.sources[0].data_set) for d in overview.debts] == [
        ("Lån av bror", Decimal("15000.00"), CITIZEN)
    ]
    raw = (product.application.settings.data_dir / "ibalanse.db").read_bytes()
    wal = product.application.settings.data_dir / "ibalanse.db-wal"
    assert "Lån av bror".encode() not in raw + (wal.read_bytes() if wal.exists() else b"")

    product.complete(case, "Supplement")
    assert product.state(case) == "completed"
