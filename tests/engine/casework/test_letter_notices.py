"""A letter on the citizen's pages is notified of once when it is sent, and once more after a week unopened."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from engine.casework import complaint_right, letters
from engine.casework.commands import ReadLetter, RecordDelivery, SendLetter
from engine.casework.complaint_time import Channel
from engine.casework.letter_notices import NobodyReached, NoticeReply, NoticeState, NotifyOfLetter
from engine.casework.letters import Letter
from engine.platform.provider_errors import SourceRefusedError, SourceUnavailableError
from engine.workflow.errors import NotPossible
from engine.workflow.jobs.job_types import Deferred, GiveUp, Retry
from engine.workflow.jobs.models import due_work
from engine.workflow.jobs.outbox import Work
from tests.engine.casework.conftest import Desks
from tests.engine.casework.independent_complaint_time import time_to_complain


class Post:
    """A notifier that answers as told."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.answer: NoticeReply | Exception = NoticeReply(NoticeState.SENT)

    def notify(self, pid: str, *, key: str, reference: str, language: str) -> NoticeReply:
        assert pid not in reference
        if isinstance(self.answer, Exception):
            raise self.answer
        self.keys.append(key)
        return self.answer


@pytest.fixture
def post(desks: Desks) -> Post:
    found, app = Post(), desks.application
    app.job_types[NotifyOfLetter.name] = NotifyOfLetter(app.db, app.vault, found)
    return found


def sent(desks: Desks, case: str) -> str:
    """A decision sent now."""
    app = desks.application
    with app.db.write() as connection:
        letter = letters.draft(
            connection,
            app.vault,
            author=desks.kari.person_id,
            case=desks.case(case),
            template=complaint_right.DECISION,
            title="Vedtak",
            body="Avslag",
            now=desks.clock.now(),
        )
    desks.do(SendLetter, desks.kari, case, letter, "Vedtak", "Avslag", b"%PDF-")
    return letter


def work(desks: Desks, wait: timedelta = timedelta(0)) -> None:
    desks.clock.advance(wait)
    while desks.application.performer.run_until_idle(5):
        pass


def read(desks: Desks, case: str, letter: str) -> Letter:
    with desks.application.db.read() as connection:
        return letters.of(connection, desks.application.vault, case, letter)


def last_day(desks: Desks, case: str) -> date | None:
    with desks.application.db.read() as connection:
        right = complaint_right.newest_right(connection, case)
    assert right is not None
    return right.last


def test_a_notice_starts_the_time_and_a_week_unopened_is_notified_of_once_more(desks: Desks, post: Post) -> None:
    case = desks.start()
    letter = sent(desks, case)
    assert last_day(desks, case) is None, "nothing was sent yet"
    day = desks.clock.now().date()

    work(desks)
    first = read(desks, case, letter)
    assert first.notified_at is not None and first.second_notified_at is None and len(post.keys) == 1
    work(desks, timedelta(days=6, hours=23))
    assert len(post.keys) == 1, "not before the week is over"
    work(desks, timedelta(hours=2))
    work(desks, timedelta(days=30))

    assert len(post.keys) == 2 and len(set(post.keys)) == 2, "once more, and never again"
    assert read(desks, case, letter).second_notified_at is not None
    assert last_day(desks, case) == time_to_complain("digital", day, day)[1], "the second notice moves nothing"
    assert desks.events(case, "LetterNotified") == [
        {"letter": letter, "again": False},
        {"letter": letter, "again": True},
    ]


def test_a_letter_that_was_opened_is_not_notified_of_again(desks: Desks, post: Post) -> None:
    case = desks.start()
    letter = sent(desks, case)
    work(desks)
    desks.do(ReadLetter, desks.people["Anne Eksempel"], case, letter)
    desks.do(ReadLetter, desks.people["Anne Eksempel"], case, letter)

    work(desks, timedelta(days=8))

    assert len(post.keys) == 1 and desks.events(case, "LetterOpened") == [{"letter": letter}]


def test_nobody_reached_starts_no_time_and_the_letter_says_why(desks: Desks, post: Post) -> None:
    post.answer = NoticeReply(NoticeState.UNREACHABLE, code="no_contact_address")
    case = desks.start()
    letter = sent(desks, case)

    work(desks)

    found = read(desks, case, letter)
    assert (found.notified_at, found.notice_refused, last_day(desks, case)) == (None, "no_contact_address", None)
    assert desks.events(case, "LetterNotNotified") == [{"letter": letter, "again": False, "why": "no_contact_address"}]
    assert NobodyReached().notify("", key="", reference="", language="nb").state is NoticeState.UNREACHABLE


def test_then_it_goes_by_post_and_the_time_runs_from_the_letter_box(desks: Desks, post: Post) -> None:
    post.answer = NoticeReply(NoticeState.UNREACHABLE, code="no_contact_address")
    case = desks.start()
    letter = sent(desks, case)
    work(desks)
    monday = desks.clock.now().date()
    assert monday == date(2026, 11, 23)

    for wrong in (monday - timedelta(days=1), monday + timedelta(days=1)):
        with pytest.raises(NotPossible):
            desks.do(RecordDelivery, desks.kari, case, letter, "post", wrong)
    desks.do(RecordDelivery, desks.kari, case, letter, "post", monday)
    assert read(desks, case, letter).channel == Channel.POST
    assert last_day(desks, case) == time_to_complain("post", date(2026, 11, 30))[1], "five working days with the post"
    desks.do(RecordDelivery, desks.kari, case, letter, "handed", monday)
    assert last_day(desks, case) == time_to_complain("handed", monday)[1]
    work(desks, timedelta(days=10))
    assert len(post.keys) == 1, "paper is not notified of"


def test_a_letter_whose_time_runs_does_not_go_another_way(desks: Desks, post: Post) -> None:
    case = desks.start()
    letter = sent(desks, case)
    work(desks)

    with pytest.raises(NotPossible):
        desks.do(RecordDelivery, desks.kari, case, letter, "post", desks.clock.now().date())
    assert read(desks, case, letter).channel == Channel.DIGITAL


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (NoticeReply(NoticeState.ON_ITS_WAY), Deferred),
        (SourceUnavailableError("http_503"), Retry),
        (SourceRefusedError("http_400"), GiveUp),
    ],
)
def test_what_is_not_sent_is_not_written_down_as_sent(
    desks: Desks, post: Post, answer: NoticeReply | Exception, kind: type[object]
) -> None:
    post.answer = answer
    case = desks.start()
    letter = sent(desks, case)
    app = desks.application
    with app.db.read() as connection:
        row = connection.execute(select(due_work).where(due_work.c.name == NotifyOfLetter.name)).one()
    work_row = Work(*(getattr(row, name) for name in Work.__dataclass_fields__))

    assert isinstance(app.job_types[NotifyOfLetter.name].perform(work_row, desks.clock.now()), kind)
    assert read(desks, case, letter).notified_at is None
