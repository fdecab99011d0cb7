"""Random answers of several sources about one person, the way sources differ: other names, other days, odd records.

A *world* of true debts, accounts and payers is drawn first; each source then tells of a part of it in its own way. So
what two sources tell is often the same thing, and often not quite.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from engine.advice.economy.figures import (
    Account,
    Asset,
    AssetKind,
    Debt,
    DebtKind,
    Enterprise,
    Figures,
    Income,
    IncomeKind,
    RecordGap,
    RecordGapReason,
    Reported,
    TaxSummary,
    Total,
    Transaction,
)
from engine.advice.economy.sourced import Source, Sourced

TODAY = date(2026, 11, 27)
SOURCES = ("bank.accounts", "gjeldsregister.debts", "inkasso.claims", "lanekassen.loans", "skatteetaten.claims")
CREDITORS = ("DNB Bank ASA", "DNB", "Eksempel Finans AS", "Eksempel Kreditt", "Bank Norwegian", "Norwegian", "Nordea")
KINDS = (DebtKind.CREDIT_CARD, DebtKind.CONSUMER_LOAN, DebtKind.OTHER, DebtKind.MORTGAGE, DebtKind.COLLECTION)
ACCOUNTS = ("86011117947", "97101234567", "12345678903", "8601.11.17947", "NO9386011117947")
money = st.integers(-2_000_00, 300_000_00).map(lambda ore: Decimal(ore) / 100)
days = st.integers(0, 40).map(lambda back: TODAY - timedelta(days=back))
moments = st.integers(0, 200_000).map(lambda s: datetime(2026, 11, 25, tzinfo=UTC) + timedelta(seconds=s))


def source(data_set: str, at: datetime, reference: str = "", institution: str = "") -> Source:
    return Source(data_set, f"{data_set} {institution}".strip(), at, "consent", reference, institution)


@st.composite
def told_debts(draw: st.DrawFn) -> tuple[Debt, ...]:
    """Up to four true debts, each told by some of the sources, near or far from what it is."""
    found = []
    for number in range(draw(st.integers(0, 4))):
        creditor, kind, balance = draw(st.sampled_from(CREDITORS)), draw(st.sampled_from(KINDS)), draw(money)
        limit, account = draw(st.none() | st.sampled_from((30_000, 50_000))), draw(st.sampled_from(("", *ACCOUNTS)))
        for data_set in draw(st.sets(st.sampled_from(SOURCES), max_size=3).map(sorted)):
            moved = draw(st.sampled_from((Decimal(1), Decimal("0.995"), Decimal("0.93"), Decimal("0.7"))))
            by = source(data_set, draw(moments), f"{number}", draw(st.sampled_from(("", "A"))))
            figure = Sourced((balance * moved).quantize(Decimal("0.01")), (by,), draw(days))
            found.append(
                Debt(
                    id=f"{data_set}:{creditor}/{number}",
                    kind=draw(st.sampled_from((kind, kind, DebtKind.OTHER))),
                    creditor=draw(st.sampled_from((creditor, creditor, draw(st.sampled_from(CREDITORS))))),
                    balance=figure,
                    rate=draw(st.none() | st.just(Sourced(Decimal("17.4"), (by,)))),
                    limit=Sourced(Decimal(limit), (by,)) if limit and draw(st.booleans()) else None,
                    account=account if draw(st.booleans()) else "",
                )
            )
    return tuple(found)


@st.composite
def told_accounts(draw: st.DrawFn) -> tuple[Account, ...]:
    numbers = draw(st.lists(st.sampled_from(ACCOUNTS[:3]), unique=True, max_size=3))
    made = []
    for number in numbers:
        joint = draw(st.booleans())
        balance = Sourced(draw(money), (source("bank.accounts", draw(moments), number),), draw(days))
        made.append(
            Account(
                f"bank.accounts:{number}",
                number,
                "Konto",
                "",
                draw(st.sampled_from(("PRIV", "PRIV", "ORGA"))),
                balance,
                draw(st.sampled_from(CREDITORS)),
                share=Decimal("0.5") if joint else Decimal(1),
                joint=joint,
            )
        )
    return tuple(made)


@st.composite
def told_movements(draw: st.DrawFn) -> tuple[Transaction, ...]:
    made = []
    for number in range(draw(st.integers(0, 12))):
        booked = TODAY - timedelta(days=draw(st.integers(0, 200)))
        made.append(
            Transaction(
                f"bank.accounts:{number}",
                draw(st.sampled_from(ACCOUNTS)),
                booked,
                draw(money),
                draw(st.sampled_from(("REMA 1000", "Nordea", "Anne", "Zalando"))),
                draw(st.sampled_from(("", "RETUR"))),
                source("bank.accounts", draw(moments), str(number)),
                draw(st.sampled_from(("", *ACCOUNTS))),
                mcc=draw(st.sampled_from(("", "5411", "5651"))),
                pending=draw(st.booleans()),
            )
        )
    repeated = made[: draw(st.integers(0, 2))]
    return tuple(made + repeated)


@st.composite
def told_incomes(draw: st.DrawFn) -> tuple[Income, ...]:
    made = []
    for number in range(draw(st.integers(0, 8))):
        data_set, provider = draw(st.sampled_from((("nav.benefits", "Nav"), ("skatteetaten.income", "Skatteetaten"))))
        month = date(2026, draw(st.integers(6, 11)), 1)
        by = Source(data_set, provider, draw(moments), "mandate", str(number))
        payer, orgno = draw(st.sampled_from((("Nav", "889640782"), ("Arbeidsgiver", "2"), ("Nav", "3"))))
        gross = draw(st.sampled_from((Decimal(12_000), Decimal(18_000), Decimal("30000.50"))))
        net = draw(st.none() | st.just(Sourced(gross * 7 / 10, (by,))))
        kind = draw(st.sampled_from((IncomeKind.WAGE, IncomeKind.BENEFIT, IncomeKind.PENSION)))
        made.append(Income(f"{data_set}:{number}", kind, payer, month, Sourced(gross, (by,)), net, payer_orgno=orgno))
    return tuple(made)


@st.composite
def told_assets(draw: st.DrawFn) -> tuple[Asset, ...]:
    made = []
    for number in range(draw(st.integers(0, 3))):
        by = source(draw(st.sampled_from(("kartverket.property", "skatteetaten.tax_base"))), draw(moments), str(number))
        amount = draw(st.none() | st.integers(0, 300_000_00).map(lambda ore: Decimal(ore) / 100))
        value = None if amount is None else Sourced(amount, (by,))
        made.append(Asset(f"{by.data_set}:{number}", draw(st.sampled_from(AssetKind)), "Eiendom", value, by))
    return tuple(made)


@st.composite
def record_gaps(draw: st.DrawFn) -> tuple[RecordGap, ...]:
    what = st.sampled_from(("account", "debt", "transaction", "income"))
    feeds = st.sampled_from(((), (Total.DEBT,), (Total.ASSETS, Total.SPENDING)))
    return tuple(
        RecordGap(
            "bank.accounts", draw(what), draw(st.sampled_from(RecordGapReason)), "Banken", f"gap-{n}", draw(feeds)
        )
        for n in range(draw(st.integers(0, 3)))
    )


@st.composite
def figures(draw: st.DrawFn) -> Figures:
    """Everything several sources told, in one order of many."""
    told: dict[str, Any] = {}
    if draw(st.booleans()):
        told["reported"] = (
            Reported("bank.accounts", Total.SPENDING, date(2026, draw(st.integers(6, 10)), 1), TODAY),
            Reported("nav.benefits", Total.INCOME, date(2026, 1, 1), date(2026, 10, 31)),
        )
    if draw(st.booleans()):
        by = source("skatteetaten.tax_base", draw(moments))
        told["tax"] = (TaxSummary(2025, Sourced(draw(money), (by,)), None, None, None),)
        told["enterprises"] = (Enterprise("999", "Firma", "ENK", "", None, False, False, False, by),)
    return Figures(
        debts=draw(told_debts()),
        assets=draw(told_assets()),
        incomes=draw(told_incomes()),
        accounts=draw(told_accounts()),
        transactions=draw(told_movements()),
        record_gaps=draw(record_gaps()),
        **told,
    )
