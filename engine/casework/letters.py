"""Letters of a case: a draft that can be changed, then a letter that was sent and never changes.

Sent means: it lies in the case as the PDF it was, with its digest, and the citizen reads it on their own pages and is
told that there is something new. Nothing with a blank left in it is sent.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from engine.casework import notices, participants
from engine.casework.complaint_time import Channel, Delivery
from engine.casework.models import letter
from engine.casework.templates import blanks
from engine.platform.calendar import add_working_days, norwegian_day
from engine.platform.clock import OSLO
from engine.platform.vault import Opener, Vault
from engine.workflow.errors import AlreadyDone, Conflict, NotFound, NotPossible, Reason, Refusal
from engine.workflow.instances.rows import CaseRow

MAX_BODY = 20_000
MAX_TITLE = 200
#: How many working days a letter is taken to lie with the post: ours, no rule says it. Whoever got it later says so.
POST_DAYS = 5


class BlanksLeft(Refusal):
    """The letter still has blanks; ``names`` says which."""

    code = "blanks_left"

    def __init__(self, names: list[str]) -> None:
        super().__init__(f"{len(names)} blanks")
        self.names = names


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter, draft or sent. ``author`` is a person id, and so is ``changed_by``: who changed it last.

    sent_at         made available on the citizen's pages
    channel         how it reached them, a code of ``complaint_time.Channel``; "" before it was sent
    arrived_at      by post: in the letter box, as far as we know; handed: over the counter
    notified_at     a notice went to the address in the contact register; ``second_notified_at``: once more
    notice_refused  why none could be sent
    """

    id: str
    case_id: str
    author: str
    template: str
    state: str
    title: str
    body: str
    changed_at: datetime
    changed_by: str
    sent_at: datetime | None
    read_at: datetime | None
    digest: str
    channel: str = ""
    posted_at: datetime | None = None
    arrived_at: datetime | None = None
    notified_at: datetime | None = None
    second_notified_at: datetime | None = None
    notice_refused: str = ""

    @property
    def version(self) -> str:
        """Stands for title and body as they are: whoever writes on says which they saw."""
        return hashlib.sha256(f"{self.title}\n{self.body}".encode()).hexdigest()[:16]


def draft(
    connection: Connection,
    vault: Vault,
    *,
    author: str,
    case: CaseRow,
    template: str,
    title: str,
    body: str,
    now: datetime,
    letter_id: str = "",
) -> str:
    """A new draft. Returns its id, *letter_id* where one is given."""
    letter_id = letter_id or str(uuid.uuid4())
    sealed = vault.seal(connection, case.owner_id, f"letter.content:{letter_id}", {"title": title, "body": body})
    connection.execute(
        insert(letter).values(
            id=letter_id,
            case_id=case.id,
            person_id=case.owner_id,
            author=author,
            template=template,
            state="draft",
            content=sealed,
            made_at=now,
            changed_at=now,
            changed_by=author,
        )
    )
    return letter_id


def change(
    connection: Connection,
    vault: Vault,
    *,
    author: str,
    case: CaseRow,
    letter_id: str,
    title: str,
    body: str,
    now: datetime,
    version: str | None = None,
    page: str = "",
) -> None:
    """Write a draft over; where the words stand there already it stays whose it was.

    Raises ``AlreadyDone`` when it has been sent, ``Conflict`` with the ``Letter`` that stands when it is neither the
    *version* that was seen nor written on this *page*, ``NotPossible`` for a text that is too long.
    """
    if len(title) > MAX_TITLE or len(body) > MAX_BODY:
        raise NotPossible(Reason("", "text-long", f"more than {MAX_TITLE} or {MAX_BODY} characters"))
    there = require_current(connection, vault, case.id, letter_id, version, page, (title, body))
    if same_words((title, body), (there.title, there.body)):
        return
    sealed = vault.seal(connection, case.owner_id, f"letter.content:{letter_id}", {"title": title, "body": body})
    connection.execute(
        update(letter)
        .where(letter.c.id == letter_id, letter.c.case_id == case.id, letter.c.state == "draft")
        .values(content=sealed, changed_at=now, changed_by=author, page=page[:36] or None)
    )


def require_current(
    connection: Connection,
    vault: Vault,
    case_id: str,
    letter_id: str,
    version: str | None,
    page: str = "",
    wanted: tuple[str, str] | None = None,
) -> Letter:
    """The draft that is there. Raises ``AlreadyDone`` when it was sent, ``Conflict`` when another has changed it.

    version  what was seen; ``None``: whatever stands there
    page     a page may always write over what it wrote itself
    wanted   title and body that are to stand: no conflict where they do already
    """
    row = _row(connection, case_id, letter_id)
    there = _read(vault.opener(connection), row)
    if there.state == "sent":
        raise AlreadyDone(there.author, there.sent_at, "sent")
    same_page = bool(page) and row.page == page[:36]
    same = wanted is not None and same_words(wanted, (there.title, there.body))
    if version is not None and version != there.version and not same_page and not same:
        raise Conflict("the letter was changed by another", there)
    return there


def same_words(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two titles and bodies say the same."""
    return _plain(*one) == _plain(*other)


def _plain(title: str, body: str) -> tuple[str, str]:
    """A browser ends lines its own way and adds none at the end."""
    return title.strip(), body.replace("\r\n", "\n").strip()


def throw_away(connection: Connection, case_id: str, letter_id: str) -> None:
    """A draft may be thrown away; a letter that was sent stays."""
    connection.execute(
        delete(letter).where(letter.c.id == letter_id, letter.c.case_id == case_id, letter.c.state == "draft")
    )


def send(
    connection: Connection,
    vault: Vault,
    *,
    author: str,
    case: CaseRow,
    letter_id: str,
    document: bytes,
    now: datetime,
    filled: bool = False,
) -> dict[str, Any]:
    """Send a draft; *document* is its PDF. Returns what the trail says of it.

    Raises ``BlanksLeft``, or ``AlreadyDone`` when it is sent.

    filled  every blank of its template is known to be filled: what looks like one is somebody's own words
    """
    one = of(connection, vault, case.id, letter_id)
    if one.state == "sent":
        raise AlreadyDone(one.author, one.sent_at, "sent")
    if not filled:
        require_complete(one.title, one.body)
    digest = hashlib.sha256(document).hexdigest()
    place = f"letter.document:{letter_id}"
    sealed = vault.seal(connection, case.owner_id, place, base64.b64encode(document).decode())
    connection.execute(
        update(letter)
        .where(letter.c.id == letter_id, letter.c.state == "draft")
        .values(state="sent", sent_at=now, document=sealed, digest=digest, author=author, channel=Channel.DIGITAL)
    )
    return {"letter": letter_id, "template": one.template, "digest": digest}


def require_complete(title: str, body: str) -> None:
    """Raises ``BlanksLeft`` where a blank is left, or there is no title or no text."""
    left = blanks(title + body)
    if left or not body.strip() or not title.strip():
        raise BlanksLeft(left)


def notify(connection: Connection, vault: Vault, case: CaseRow, letter_id: str, now: datetime) -> None:
    """The citizen is told that a letter has come, and so is who acts for them."""
    about = of(connection, vault, case.id, letter_id).title
    for person_id in (case.owner_id, *participants.representatives(connection, case.id)):
        notices.give(
            connection,
            vault,
            case_id=case.id,
            person_id=person_id,
            key=f"letter/{letter_id}" if person_id == case.owner_id else f"letter/{letter_id}/{person_id}",
            kind="letter",
            content={"about": about},
            now=now,
        )


def document(connection: Connection, vault: Vault, case_id: str, letter_id: str) -> bytes:
    """The PDF as it was sent. Raises ``NotFound`` for a draft."""
    row = _row(connection, case_id, letter_id)
    if row.document is None:
        raise NotFound(letter_id)
    return base64.b64decode(vault.open(connection, row.person_id, f"letter.document:{row.id}", row.document))


def mark_read(connection: Connection, case_id: str, letter_id: str, now: datetime) -> bool:
    """The citizen has opened it. True the first time."""
    done = connection.execute(
        update(letter)
        .where(letter.c.id == letter_id, letter.c.case_id == case_id, letter.c.read_at.is_(None))
        .values(read_at=now)
    )
    return done.rowcount == 1


def deliver(
    connection: Connection, *, case_id: str, letter_id: str, channel: Channel, on: date, now: datetime
) -> dict[str, Any]:
    """It went by post or over the counter on a day. Returns what the trail says of it.

    What was posted is taken to lie in the letter box after ``POST_DAYS`` working days.

    Raises ``NotPossible`` for a draft, a day to come or before it was written, and for one that was notified of
    digitally: its time runs already.
    """
    row = _row(connection, case_id, letter_id)
    if row.state != "sent" or channel is Channel.DIGITAL:
        raise NotPossible(Reason("", "not-sent", "only a letter that was sent goes by post"))
    if row.notified_at is not None:
        raise NotPossible(Reason("", "was-notified", "a notice of it was sent: its time runs"))
    if not norwegian_day(row.made_at) <= on <= norwegian_day(now):
        raise NotPossible(Reason("", "no-such-day", "it cannot have gone on that day"))
    arrived = add_working_days(on, POST_DAYS) if channel is Channel.POST else on
    connection.execute(
        update(letter)
        .where(letter.c.id == letter_id)
        .values(
            channel=channel,
            posted_at=_noon(on) if channel is Channel.POST else None,
            arrived_at=_noon(arrived),
        )
    )
    return {"letter": letter_id, "channel": channel.value, "on": on.isoformat(), "arrived": arrived.isoformat()}


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), OSLO)


def delivery(one: Row[Any] | Letter) -> Delivery:
    """What happened with a letter that was sent, as the time to complain reads it."""
    channel = Channel(one.channel or Channel.DIGITAL)
    moment = one.sent_at if channel is Channel.DIGITAL else one.arrived_at
    assert moment is not None
    notified, again = one.notified_at, one.second_notified_at
    return Delivery(
        channel,
        norwegian_day(moment),
        None if notified is None else norwegian_day(notified),
        None if again is None else norwegian_day(again),
    )


def of(connection: Connection, vault: Vault, case_id: str, letter_id: str) -> Letter:
    """One letter of a case. Raises ``NotFound``."""
    return _read(vault.opener(connection), _row(connection, case_id, letter_id))


def of_case(connection: Connection, vault: Vault, case_id: str, *, sent: bool = False) -> list[Letter]:
    """Newest first; with *sent* those the citizen has got."""
    wanted = [letter.c.case_id == case_id, *([letter.c.state == "sent"] if sent else [])]
    rows = connection.execute(select(letter).where(*wanted).order_by(letter.c.made_at.desc()))
    opened = vault.opener(connection)
    return [_read(opened, row) for row in rows]


def _row(connection: Connection, case_id: str, letter_id: str) -> Row[Any]:
    row = connection.execute(select(letter).where(letter.c.id == letter_id, letter.c.case_id == case_id)).first()
    if row is None:
        raise NotFound(letter_id)
    return row


def _read(opened: Opener, row: Row[Any]) -> Letter:
    content = opened(row.person_id, f"letter.content:{row.id}", row.content)
    return Letter(
        row.id,
        row.case_id,
        row.author,
        row.template,
        row.state,
        content["title"],
        content["body"],
        row.changed_at,
        row.changed_by or row.author,
        row.sent_at,
        row.read_at,
        row.digest or "",
        row.channel or "",
        row.posted_at,
        row.arrived_at,
        row.notified_at,
        row.second_notified_at,
        row.notice_refused or "",
    )
