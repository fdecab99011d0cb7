"""``ibalanse estimate tax`` and ``ibalanse estimate vat``: the rules of the economy on the command line."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from engine.advice.economy.money import ZERO
from engine.advice.economy.rates import known_years
from engine.advice.economy.tax.estimate import estimate
from engine.advice.economy.tax.income import TaxableIncome
from engine.advice.economy.tax.line import Line
from engine.advice.economy.tax.vat import Period, term_estimates, terms
from forms.amounts import AmountError, read_number

MAX_AMOUNT = Decimal(10) ** 12
_ROUGH = "Roughly reckoned (grovt regnet): it does not replace accounting."


def amount(text: str) -> Decimal:
    """A NOK amount of the command line: ``600000``, ``600 000`` or ``600000,50``."""
    try:
        found = read_number(text)
    except AmountError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not an amount ({error.code})") from None
    if abs(found) > MAX_AMOUNT:
        raise argparse.ArgumentTypeError(f"{text!r} is not an amount (above)")
    return found


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """``estimate`` with its two kinds."""
    parser = commands.add_parser("estimate", help="compute tax or VAT roughly, line by line", description=_ROUGH)
    kinds = parser.add_subparsers(dest="kind", required=True)
    years = f"income year: {', '.join(map(str, known_years()))}"
    tax = kinds.add_parser("tax", help="income tax of a year", description=f"Income tax of one person. {_ROUGH}")
    tax.add_argument("--year", type=int, required=True, help=years)
    tax.add_argument("--profit", type=amount, help="result of the business, NOK; a deficit as --profit=-50000")
    tax.add_argument("--wages", type=amount, help="gross wages beside, NOK")
    tax.add_argument("--pension", type=amount, help="gross pension beside, NOK")
    tax.add_argument("--deductions", type=amount, default=ZERO, help="interest and other deductions, NOK")
    tax.add_argument("--shielding-base", type=amount, default=ZERO, help="skjermingsgrunnlag of the business, NOK")
    tax.add_argument("--months-owned", type=int, default=12, help="months of the year it was owned (shielding), 1-12")
    tax.add_argument("--share", type=amount, default=Decimal(100), help="the owner's per cent, where a spouse has part")
    tax.add_argument("--age", type=int, help="age at the end of the year; 17 to 69 when not given")
    tax.add_argument("--finnmark", action="store_true", help="lives in Finnmark or Nord-Troms")
    tax.add_argument("--primary", action="store_true", help="primary industry: national insurance as of wages")
    tax.add_argument("--paid", type=amount, help="advance tax and withholding already paid, NOK: tells what is left")
    tax.add_argument("--json", action="store_true", help="print one JSON object")
    vat = kinds.add_parser(
        "vat",
        help="VAT of each term, for a year with even sales and purchases",
        description=f"VAT of a year by terms, sales and purchases spread evenly. {_ROUGH}",
    )
    vat.add_argument("--year", type=int, required=True, help=years)
    vat.add_argument("--sales", type=amount, required=True, help="sales of the year with VAT, NOK")
    vat.add_argument("--purchases", type=amount, default=ZERO, help="purchases of the year with VAT, NOK")
    vat.add_argument("--rate", default="standard", help="standard, food, low, fish or zero")
    vat.add_argument(
        "--deductible", type=amount, default=Decimal(1), help="share of purchases with deductible VAT, 0 to 1"
    )
    vat.add_argument(
        "--period",
        choices=[period.value for period in Period],
        default=Period.TWO_MONTH.value,
        help="how often it is returned",
    )
    vat.add_argument("--json", action="store_true", help="print one JSON object")


class EstimateError(Exception):
    """The input cannot be computed; the text is why. An unknown year names those there are."""


def run(options: argparse.Namespace) -> int:
    """Print the estimate. Raises ``EstimateError``."""
    try:
        return _tax(options) if options.kind == "tax" else _vat(options)
    except ValueError as error:
        raise EstimateError(str(error)) from error


def _tax(options: argparse.Namespace) -> int:
    if options.profit is None and options.wages is None and options.pension is None:
        raise ValueError("give an income: --profit, --wages or --pension")
    if options.paid is not None and options.paid < 0:
        raise ValueError("--paid must not be negative")
    if not 0 <= options.share <= 100:
        raise ValueError("--share must be 0 to 100 per cent")
    income = TaxableIncome(
        profit=options.profit or ZERO,
        wages=options.wages or ZERO,
        pension=options.pension or ZERO,
        deductions=options.deductions,
        shielding_base=options.shielding_base,
        months_owned=options.months_owned,
        share=options.share / 100,
        age=options.age,
        finnmark=options.finnmark,
        primary=options.primary,
    )
    found = estimate(income, options.year)
    body: dict[str, Any] = {"total": f"{found.total:.2f}", "lines": _lines(found.lines)}
    if found.provisional:
        body["provisional"] = list(found.provisional)
    if options.paid is not None:
        body |= {"paid": f"{options.paid:.2f}", "left": f"{found.total - options.paid:.2f}"}
    if options.json:
        print(json.dumps(body, ensure_ascii=False))
        return 0
    _table(found.lines)
    _sum("total", found.total)
    if options.paid is not None:
        _sum("paid", options.paid)
        _sum("left", found.total - options.paid)
    for rule in found.provisional:
        print(f"the rate of {rule} for {found.year} is not final yet")
    print(_ROUGH)
    return 0


def _sum(name: str, found: Decimal) -> None:
    print(f"{name:<32}{'':>16}{'':>8}{found:>16,.2f}")


def _vat(options: argparse.Namespace) -> int:
    if not 0 <= options.deductible <= 1:
        raise ValueError("--deductible must be 0 to 1")
    if options.sales < 0 or options.purchases < 0:
        raise ValueError("--sales and --purchases must not be negative")
    found = terms(options.year, Period(options.period))
    even = zip(found, _even(options.sales, len(found)), _even(options.purchases, len(found)), strict=True)
    parts = term_estimates(even, options.rate, options.deductible)
    total = sum((part.amount for part in parts), ZERO)
    body = {
        "total": f"{total:.2f}",
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
    if options.json:
        print(json.dumps(body, ensure_ascii=False))
    else:
        for part in parts:
            print(f"{part.term.key:<8} due {part.term.due}  {part.amount:>14,.2f}")
        print(f"{'total':<8} {'':>15} {total:>14,.2f}")
        print(_ROUGH)
    return 0


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
