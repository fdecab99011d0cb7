"""``ibalanse overview``: recorded answers of providers in, the documented overview with its reconciliation out.

No database, nobody is called. ``docs/overview-json.md`` tells how to lay the answers out and what comes of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click

from engine.advice.economy.figures import DebtKind
from engine.advice.economy.money import ZERO
from engine.advice.economy.overview import Compiled, compiled
from engine.advice.economy.payees import categories, payee_key
from engine.advice.economy.publication import published
from engine.advice.economy.supplements import Supplement, SupplementKind
from engine.cli.groups import Command
from engine.cli.session import Recorded, Session, json_option, with_session
from engine.platform.calendar import norwegian_day
from engine.platform.clock import OSLO
from engine.workflow.errors import BadInputError

KINDS = {
    "debt": SupplementKind.DEBT,
    "asset": SupplementKind.ASSET,
    "income": SupplementKind.INCOME,
    "spending": SupplementKind.SPENDING,
    "correction": SupplementKind.CORRECTION,
    "same": SupplementKind.SAME_DEBT,
    "different": SupplementKind.OTHER_DEBT,
    "category": SupplementKind.CATEGORY,
}


Read = Callable[[Path, datetime], Recorded]


@click.command(cls=Command, epilog="Example: ibalanse overview --answers answers --at 2026-11-27 --json")
@click.option("--answers", type=click.Path(path_type=Path), required=True, help="a folder with one for each data set")
@click.option("--supplements", type=click.Path(path_type=Path), help="JSON list of what the citizen adds and corrects")
@click.option("--at", required=True, help="the day it is compiled, 2026-11-27, or a moment")
@json_option("print the documented JSON")
@with_session
def overview(session: Session, answers: Path, supplements: Path | None, at: str, as_json: bool) -> int:
    """Compile recorded answers into an overview, every krone accounted for.

    No database, and nobody is called; docs/overview-json.md tells how answers are laid out and what comes of them.
    """
    settings, reader = session.settings(), session.read_answers
    assert reader is not None, "wsgi.py hands it over"
    return run(
        answers,
        at,
        supplements,
        as_json=as_json,
        read=lambda folder, at: reader(folder, at, settings),
    )


def run(answers: Path, at: str, supplements: Path | None, *, as_json: bool, read: Read) -> int:
    """Print the overview. Raises ``BadInputError`` with what cannot be read."""
    moment = _moment(at)
    try:
        told = read(answers, moment)
        added = _supplements(supplements, moment) if supplements else []
    except (ValueError, OSError) as error:
        raise BadInputError(str(error)) from None
    made = compiled(told.figures, as_of=norwegian_day(moment), gaps=told.gaps, supplements=added)
    if as_json:
        print(json.dumps(published(made), ensure_ascii=False, indent=2))
    else:
        print("\n".join(_in_words(made)))
    return 0


def _moment(text: str) -> datetime:
    """A day is its noon in Norway."""
    try:
        if len(text) == 10:
            return datetime.combine(date.fromisoformat(text), time(12), OSLO).astimezone(UTC)
        found = datetime.fromisoformat(text)
    except ValueError:
        raise BadInputError(f"--at {text}: not a day (2026-11-27) or a moment (2026-11-27T08:00:00Z)") from None
    return (found if found.tzinfo else found.replace(tzinfo=OSLO)).astimezone(UTC)


def _supplements(path: Path, at: datetime) -> list[Supplement]:
    """The citizen's own entries, oldest first. Raises ``ValueError``."""
    told = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(told, list) or not all(isinstance(row, dict) for row in told):
        raise ValueError(f"{path}: a list of entries is wanted")
    return [_supplement(row, number, len(told), at) for number, row in enumerate(told)]


def _supplement(row: Mapping[str, Any], number: int, of: int, at: datetime) -> Supplement:
    kind = KINDS.get(str(row.get("kind")))
    if kind is None:
        raise ValueError(f"entry {number}: kind is one of {', '.join(KINDS)}")
    told = row.get("at")
    target, category = str(row.get("target", "")), ""
    if kind is SupplementKind.CATEGORY:
        target, category = _rule(row, number)
    return Supplement(
        id=str(row.get("id", f"s{number}")),
        kind=kind,
        name=str(row.get("name", "")),
        amount=_number(row.get("amount"), f"entry {number}: amount") or ZERO,
        at=_moment(str(told)) if told else at - timedelta(seconds=of - number),
        target=target,
        targets=_texts(row.get("targets")),
        others=(*_texts(row.get("others")), *([str(row["other"])] if "other" in row else [])),
        debt=DebtKind(row["debtKind"]) if "debtKind" in row else None,
        rate=_number(row.get("rate"), f"entry {number}: rate"),
        monthly=_number(row.get("monthly"), f"entry {number}: monthly"),
        category=category,
    )


def _rule(row: Mapping[str, Any], number: int) -> tuple[str, str]:
    """What a payee is known again by, and what payments to them are for. Raises ``ValueError``."""
    key, category = payee_key(str(row.get("name", "")), ""), str(row.get("category", ""))
    if not key:
        raise ValueError(f"entry {number}: name is of no payee that can be known again")
    if category not in categories():
        raise ValueError(f"entry {number}: category is one of {', '.join(categories())}")
    return key, category


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, Sequence) and not isinstance(value, str) else ()


def _number(value: object, what: str) -> Decimal | None:
    if value is None:
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f"{what} is no number") from None
    if not found.is_finite() or abs(found) > Decimal(10) ** 12:
        raise ValueError(f"{what} is beyond sense")
    return found


def _in_words(made: Compiled) -> list[str]:
    told = published(made)
    lines = [f"as of {told['asOf']}"]
    for name in ("debt", "assets", "income", "spending"):
        total = told["totals"][name]
        lines.append(f"{name:<10}{total['amount'] or '':>16}  {total['known']}")
    for name, side in told["reconciliation"].items():
        sums = {key: f"{side[key]['amount']} ({side[key]['records']})" for key in ("received", "counted", "same")}
        rest = f"{side['notCounted']['amount']} ({side['notCounted']['records']})"
        lines.append(
            f"{name}: received {sums['received']} = counted {sums['counted']} + same {sums['same']}"
            f" + not counted {rest}, difference {side['difference']}"
        )
    lines += [f"missing: {gap['dataSet']} {gap['who'] or ''} {gap['why'] or gap['reason']}" for gap in told["gaps"]]
    lines += [f"maybe one debt: {' and '.join(one['debts'])} ({one['reason']})" for one in told["questions"]]
    return lines
