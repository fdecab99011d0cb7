"""``ibalanse estimate``: rules of the economy and of complaints on the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import click

from engine.advice.economy.money import ZERO
from engine.advice.economy.rates import known_years
from engine.advice.economy.tax.estimate import TaxEstimate, estimate
from engine.advice.economy.tax.income import TaxableIncome
from engine.advice.economy.tax.line import Line
from engine.advice.economy.tax.vat import Period, TermEstimate, term_estimates, terms
from engine.casework import complaint_time
from engine.casework.complaint_time import Channel, ComplaintTime, Delivery
from engine.cli.groups import Group
from engine.cli.session import json_option
from forms.amounts import AmountError, read_number

MAX_AMOUNT = Decimal(10) ** 12
_ROUGH = "Roughly reckoned (grovt regnet): it does not replace accounting."


def amount(text: str) -> Decimal:
    """A NOK amount of the command line: ``600000``, ``600 000`` or ``600000,50``."""
    try:
        found = read_number(text)
    except AmountError as error:
        raise click.BadParameter(f"{text!r} is not an amount ({error.code})") from None
    if abs(found) > MAX_AMOUNT:
        raise click.BadParameter(f"{text!r} is not an amount (above)")
    return found


class EstimateError(Exception):
    """The input cannot be computed; the text is why. An unknown year names those there are."""


_YEARS = f"income year: {', '.join(map(str, known_years()))}"
_TAX = """\
Examples:
  ibalanse estimate tax --year 2026 --profit 600000 --paid 100000
  ibalanse estimate tax --year 2026 --profit=-50000 --wages "400 000" --json
"""


@click.group("estimate", cls=Group, epilog=_ROUGH)
def estimate_group() -> None:
    """Compute tax or VAT roughly, or the time to complain, line by line."""


@estimate_group.command(epilog=_TAX)
@click.option("--year", type=int, required=True, help=_YEARS)
@click.option("--profit", type=amount, metavar="NOK", help="result of the business, NOK; a deficit as --profit=-50000")
@click.option("--wages", type=amount, metavar="NOK", help="gross wages beside, NOK")
@click.option("--pension", type=amount, metavar="NOK", help="gross pension beside, NOK")
@click.option("--deductions", type=amount, metavar="NOK", default="0", help="interest and other deductions, NOK")
@click.option(
    "--shielding-base", type=amount, metavar="NOK", default="0", help="skjermingsgrunnlag of the business, NOK"
)
@click.option("--months-owned", type=int, default=12, help="months of the year it was owned (shielding), 1-12")
@click.option("--share", type=amount, default="100", help="the owner's per cent, where a spouse has part")
@click.option("--age", type=int, help="age at the end of the year; 17 to 69 when not given")
@click.option("--finnmark", is_flag=True, help="lives in Finnmark or Nord-Troms")
@click.option("--primary", is_flag=True, help="primary industry: national insurance as of wages")
@click.option(
    "--paid", type=amount, metavar="NOK", help="advance tax and withholding already paid, NOK: tells what is left"
)
@json_option("print one JSON object")
def tax(
    year: int,
    profit: Decimal | None,
    wages: Decimal | None,
    pension: Decimal | None,
    deductions: Decimal,
    shielding_base: Decimal,
    months_owned: int,
    share: Decimal,
    age: int | None,
    finnmark: bool,
    primary: bool,
    paid: Decimal | None,
    as_json: bool,
) -> int:
    """Income tax of a year.

    Income tax of one person. Roughly computed (grovt regnet): it does not replace accounting.
    """
    with _reasons():
        if profit is None and wages is None and pension is None:
            raise ValueError("give an income: --profit, --wages or --pension")
        if paid is not None and paid < 0:
            raise ValueError("--paid must not be negative")
        if not 0 <= share <= 100:
            raise ValueError("--share must be 0 to 100 per cent")
        income = TaxableIncome(
            profit=profit or ZERO,
            wages=wages or ZERO,
            pension=pension or ZERO,
            deductions=deductions,
            shielding_base=shielding_base,
            months_owned=months_owned,
            share=share / 100,
            age=age,
            finnmark=finnmark,
            primary=primary,
        )
        found = estimate(income, year)
        if as_json:
            print(json.dumps(_tax_json(found, paid), ensure_ascii=False))
        else:
            _print_tax(found, paid)
    return 0


def _tax_json(found: TaxEstimate, paid: Decimal | None) -> dict[str, Any]:
    body: dict[str, Any] = {"total": f"{found.total:.2f}", "lines": _lines(found.lines)}
    if found.provisional:
        body["provisional"] = list(found.provisional)
    if paid is not None:
        body |= {"paid": f"{paid:.2f}", "left": f"{found.total - paid:.2f}"}
    return body


def _print_tax(found: TaxEstimate, paid: Decimal | None) -> None:
    _table(found.lines)
    _sum("total", found.total)
    if paid is not None:
        _sum("paid", paid)
        _sum("left", found.total - paid)
    for rule in found.provisional:
        print(f"the rate of {rule} for {found.year} is not final yet")
    print(_ROUGH)


def _sum(name: str, found: Decimal) -> None:
    print(f"{name:<32}{'':>16}{'':>8}{found:>16,.2f}")


@estimate_group.command(epilog="Example: ibalanse estimate vat --year 2026 --sales 250000 --purchases 50000")
@click.option("--year", type=int, required=True, help=_YEARS)
@click.option("--sales", type=amount, metavar="NOK", required=True, help="sales of the year with VAT, NOK")
@click.option("--purchases", type=amount, metavar="NOK", default="0", help="purchases of the year with VAT, NOK")
@click.option("--rate", default="standard", help="standard, food, low, fish or zero")
@click.option("--deductible", type=amount, default="1", help="share of purchases with deductible VAT, 0 to 1")
@click.option(
    "--period",
    type=click.Choice([period.value for period in Period]),
    default=Period.TWO_MONTH.value,
    help="how often it is returned",
)
@json_option("print one JSON object")
def vat(
    year: int, sales: Decimal, purchases: Decimal, rate: str, deductible: Decimal, period: str, as_json: bool
) -> int:
    """VAT of each term, for a year with even sales and purchases.

    Roughly computed (grovt regnet): it does not replace accounting.
    """
    with _reasons():
        if not 0 <= deductible <= 1:
            raise ValueError("--deductible must be 0 to 1")
        if sales < 0 or purchases < 0:
            raise ValueError("--sales and --purchases must not be negative")
        found = terms(year, Period(period))
        even = zip(found, _even(sales, len(found)), _even(purchases, len(found)), strict=True)
        parts = term_estimates(even, rate, deductible)
        if as_json:
            print(json.dumps(_vat_json(parts), ensure_ascii=False))
        else:
            _print_vat(parts)
    return 0


_DAY = click.DateTime(["%Y-%m-%d"])
_COMPLAINT = """\
Examples:
  ibalanse estimate complaint --channel digital --available 2026-11-27 --notified 2026-11-27
  ibalanse estimate complaint --channel post --available 2026-12-07 --json
"""


@estimate_group.command(epilog=_COMPLAINT)
@click.option("--channel", type=click.Choice([one.value for one in Channel]), required=True, help="how it was sent")
@click.option(
    "--available",
    type=_DAY,
    metavar="DATE",
    required=True,
    help="digital: made available; post: lay in the letter box; handed: handed over",
)
@click.option("--notified", type=_DAY, metavar="DATE", help="digital: notice sent to the address in the register")
@click.option("--second-notice", type=_DAY, metavar="DATE", help="digital: notice sent once more, unopened")
@json_option("print one JSON object")
def complaint(
    channel: str, available: datetime, notified: datetime | None, second_notice: datetime | None, as_json: bool
) -> int:
    """The time to complain of a decision, line by line.

    The last day in time, from how and when the citizen got the decision. Days are days in Norway.
    """
    with _reasons():
        delivery = Delivery(Channel(channel), available.date(), _day(notified), _day(second_notice))
        found = complaint_time.compute(delivery)
    if as_json:
        print(json.dumps(_complaint_json(found), ensure_ascii=False))
    else:
        for line in found.lines:
            print(f"{line.rule:<52}{line.day or '-'!s:<12}{line.source}")
    return 0


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _complaint_json(found: ComplaintTime) -> dict[str, Any]:
    return {
        "starts": _iso(found.starts),
        "ends": _iso(found.ends),
        "rule": found.rule,
        "lines": [{"rule": line.rule, "date": _iso(line.day), "source": line.source} for line in found.lines],
    }


@contextmanager
def _reasons() -> Iterator[None]:
    """What cannot be computed is bad input."""
    try:
        yield
    except ValueError as error:
        raise EstimateError(str(error)) from error


def _vat_json(parts: Sequence[TermEstimate]) -> dict[str, Any]:
    return {
        "total": f"{_total(parts):.2f}",
        "terms": [
            {
                "term": part.term.key,
                "start": part.term.start.isoformat(),
                "end": part.term.end.isoformat(),
                "due": part.term.due.isoformat(),
                "amount": f"{part.amount:.2f}",
                "lines": _lines(part.lines),
            }
            for part in parts
        ],
    }


def _print_vat(parts: Sequence[TermEstimate]) -> None:
    for part in parts:
        print(f"{part.term.key:<8} due {part.term.due}  {part.amount:>14,.2f}")
    print(f"{'total':<8} {'':>15} {_total(parts):>14,.2f}")
    print(_ROUGH)


def _total(parts: Sequence[TermEstimate]) -> Decimal:
    return sum((part.amount for part in parts), ZERO)


def _even(whole: Decimal, parts: int) -> list[Decimal]:
    """The amount in equal parts to the øre; the last takes the rest."""
    part = (whole / parts).quantize(Decimal("0.01"))
    return [*([part] * (parts - 1)), whole - part * (parts - 1)]


def _lines(lines: Sequence[Line]) -> list[dict[str, str]]:
    return [
        {
            "rule": line.rule,
            "basis": f"{line.basis:.2f}",
            "rate": str(line.rate),
            "amount": f"{line.amount:.2f}",
            "source": line.source,
        }
        for line in lines
    ]


def _table(lines: Sequence[Line]) -> None:
    for line in lines:
        print(f"{line.rule:<32}{line.basis:>16,.2f}{line.rate:>7} %{line.amount:>16,.2f}  {line.source}")
