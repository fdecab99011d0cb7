"""The time to complain of a decision: when it starts and ends, and by which rule. No clock, no database.

The one computation behind every page, letter and command. Days are days in Norway.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from engine.casework import time_limits
from engine.casework.time_limits import ChannelRule, Limit
from engine.platform.calendar import is_working_day, next_working_day

LIMIT = "complaint"


class Channel(StrEnum):
    """How the citizen got the decision."""

    DIGITAL = "digital"
    POST = "post"
    HANDED = "handed"


class DeliveryError(ValueError):
    """The days of a delivery cannot be so."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What happened with a letter, as days.

    available      digital: it was made available; by post: it lay in the letter box; handed: it was handed over
    notified       digital: a notice was sent to the address in the contact register; ``None``: none was
    second_notice  digital: it was sent once more
    """

    channel: Channel
    available: date
    notified: date | None = None
    second_notice: date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One step of the computation; *day* is ``None`` where none came of it."""

    rule: str
    day: date | None
    source: str


@dataclass(frozen=True, slots=True)
class ComplaintTime:
    """``starts`` and ``ends`` (the last day in time) are ``None`` where no time runs.

    rule               the paragraphs it runs by
    second_notice_due  when a digital letter that is not opened is to be notified of again
    """

    starts: date | None
    ends: date | None
    rule: str
    limit: Limit
    second_notice_due: date | None
    lines: tuple[Line, ...]


def compute(delivery: Delivery) -> ComplaintTime:
    """The time to complain of a decision delivered like that.

    The act is the one in force when the time starts; while none has started, when the letter was there.

    Raises ``DeliveryError`` for days that cannot be so or are beyond the calendar, ``NoRuleError`` where no rule is
    known.
    """
    digital = delivery.channel is Channel.DIGITAL
    if digital:
        _require_order(delivery)
    starts = _start(delivery)
    limit = time_limits.limit(LIMIT, starts or delivery.available)
    channel = _channel_rule(limit, delivery.channel, starts or delivery.available)
    rule = f"{limit.reference}, {channel.reference}" if digital else channel.reference
    lines = [Line(_AVAILABLE[delivery.channel], delivery.available, channel.reference)]
    lines += _notices(delivery, channel)
    if starts is None:
        lines.append(Line("no time runs", None, channel.reference))
        return ComplaintTime(None, None, rule, limit, None, tuple(lines))
    try:
        whole = starts + timedelta(weeks=limit.weeks)
        ends = next_working_day(whole)
        again = starts + timedelta(days=channel.second_notice_days) if channel.second_notice_days else None
    except OverflowError:
        raise DeliveryError(f"{starts} is beyond the calendar") from None
    if again is not None and delivery.second_notice is None:
        lines.append(Line("second notice due if it is not opened", again, channel.second_notice_reference))
    lines.append(Line("time starts", starts, rule))
    lines.append(Line(f"{limit.weeks} weeks later", whole, limit.reference))
    if not is_working_day(whole):
        lines.append(Line("moved to the next working day", ends, limit.counting_reference))
    lines.append(Line("last day", ends, limit.reference))
    return ComplaintTime(starts, ends, rule, limit, again, tuple(lines))


_AVAILABLE = {
    Channel.DIGITAL: "made available",
    Channel.POST: "lay in the letter box",
    Channel.HANDED: "handed over",
}


def _require_order(delivery: Delivery) -> None:
    """A second notice is a second one, of a letter that is there."""
    again = delivery.second_notice
    if again is None:
        return
    if delivery.notified is None:
        raise DeliveryError("a second notice needs a first one")
    if again < delivery.notified:
        raise DeliveryError(f"the second notice ({again}) is before the first ({delivery.notified})")
    if again < delivery.available:
        raise DeliveryError(f"the second notice ({again}) is before the letter was available ({delivery.available})")


def _start(delivery: Delivery) -> date | None:
    """Digitally when both have happened, whichever came last; else when it reached them."""
    if delivery.channel is not Channel.DIGITAL:
        return delivery.available
    return None if delivery.notified is None else max(delivery.available, delivery.notified)


def _channel_rule(limit: Limit, channel: Channel, on: date) -> ChannelRule:
    rule = limit.channels[channel]
    if rule.valid_from is not None and on < rule.valid_from:
        raise time_limits.NoRuleError(f"no rule of {LIMIT} ({channel}) is known for {on}")
    return rule


def _notices(delivery: Delivery, channel: ChannelRule) -> list[Line]:
    """Notices count for what was sent digitally; where they do not, the line says so."""
    counts = delivery.channel is Channel.DIGITAL
    suffix = "" if counts else ": changes nothing"
    found = []
    if delivery.notified is not None or counts:
        sent = delivery.notified is not None
        found.append(Line(f"notice sent{suffix}" if sent else "no notice sent", delivery.notified, channel.reference))
    if delivery.second_notice is not None:
        source = channel.second_notice_reference or channel.reference
        changes = "second notice sent: the time runs from the first" if counts else f"second notice sent{suffix}"
        found.append(Line(changes, delivery.second_notice, source))
    return found
