"""Who may send the commands of case work, what refuses them, and what comes of two who write at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from engine.casework import commands, documents, drafts, journal, letters, members, sequence
from engine.casework.commands import (
    AddNote,
    AssignCase,
    BeginLetter,
    ChangeLetter,
    CompleteCaseTask,
    DiscardLetter,
    EndMembership,
    OfficeCommand,
    SaveCaseDraft,
    SendLetter,
    TakeCase,
)
from engine.workflow.authorization.actor import SYSTEM, Actor, Office, Role
from engine.workflow.errors import AlreadyDone, Conflict, Forbidden, NotFound, NotPossible, Refusal, Suspended
from engine.workflow.execution.commands import CaseCommand, Command, Received, SaveTaskData, SuspendCase
from engine.workflow.execution.data import Stored
from tests.engine.casework.conftest import NAV, Desks
from tests.factories.bundles import assigned, bundle, line

DAY = datetime(2030, 1, 1, tzinfo=UTC)
#: Of each command about a case what it says besides which case: enough to be decided on.
CASE_COMMANDS: dict[type[CaseCommand], tuple[Any, ...]] = {
    commands.OpenCase: (),
    commands.AddNote: ("x",),
    commands.SetNoteAccess: ("n", ""),
    commands.SendMessage: ("x",),
    commands.TakeCase: (),
    commands.ReturnCase: ("x",),
    commands.AssignCase: ("p",),
    commands.PlanCase: (None,),
    commands.PauseCase: ("other", "x"),
    commands.UnpauseCase: (),
    commands.ExtendDeadline: (DAY, "x"),
    commands.CompleteCaseTask: ("t",),
    commands.AskCitizen: ("x", DAY),
    commands.WithdrawQuestion: ("q",),
    commands.AnswerQuestion: ("q", "x"),
    commands.RegisterReply: ("q", "x", Received("phone", date(2026, 11, 1))),
    commands.BeginLetter: ("free",),
    commands.ChangeLetter: ("l", "x", "x"),
    commands.SendLetter: ("l", "x", "x", b"%PDF-"),
    commands.DiscardLetter: ("l",),
    commands.RecordDelivery: ("l", "post", date(2026, 11, 1)),
    commands.ReadLetter: ("l",),
    commands.AddDocument: ("x.pdf", "application/pdf", b"%PDF-", "x", "other"),
    commands.ShareDocument: ("d",),
    commands.RemoveDocument: ("d", "x", "x"),
    commands.OpenDocument: ("d",),
    commands.OpenAttachment: ("a",),
    commands.AddMeasure: ("budget", "x", DAY),
    commands.JudgeMeasure: ("m", 3, "holds"),
    commands.LinkCases: ("c", "household"),
    commands.UnlinkCases: ("c",),
    commands.RegisterComplaint: (date(2026, 11, 1), "x"),
    commands.MakeComplaint: ("x",),
    commands.AssessTimeliness: ("k", "heard", "x"),
    commands.DecideComplaint: ("k", "changed", "x"),
    commands.RecordAppeal: ("k", "upheld", "x"),
    commands.ReopenCase: ("x",),
    commands.AddParty: ("contact", "Per Nabo"),
    commands.FollowGuardianship: (),
    commands.ChangePartyRole: ("p", "contact"),
    commands.EndParty: ("p", "x"),
    commands.SaveCaseDraft: ("note", {"note": "x"}),
    commands.DiscardCaseDraft: ("note",),
    commands.BeginNote: ("x",),
}
OFFICE_COMMANDS: dict[type[OfficeCommand], tuple[Any, ...]] = {
    commands.BeginCaseForCitizen: ("p", "21818297800", "Anne", date(2000, 1, 21), "phone", "x"),
    commands.LookUpPerson: ("21818297800",),
    commands.StoreSearch: ("Anne", "queue"),
    commands.SaveQueueView: ("Mine", {}),
    commands.RemoveQueueView: ("v",),
    commands.SetAbsence: ("p", "s", DAY, DAY),
    commands.EndAbsence: ("p",),
    commands.EndMembership: ("p",),
}
#: What is done in a suspended case too: reading, and keeping what somebody writes.
ALSO_SUSPENDED = {
    commands.OpenCase,
    commands.OpenDocument,
    commands.OpenAttachment,
    commands.ReadLetter,
    commands.SaveCaseDraft,
    commands.DiscardCaseDraft,
}
#: What whose part at the office has ended may do still: nothing written is lost. The others are the citizen's.
ALSO_ENDED = {commands.SaveCaseDraft, commands.AnswerQuestion, commands.ReadLetter, commands.MakeComplaint}
EACH = pytest.mark.parametrize("kind", CASE_COMMANDS, ids=lambda kind: kind.__name__)


def refused(desks: Desks, command: Command, who: Actor) -> type[Refusal] | None:
    """What sort of refusal *who* gets for a command; ``None`` for none."""
    try:
        desks.application.dispatch.send(command, who)
    except Refusal as refusal:
        return type(refusal)
    return None


def test_every_command_of_case_work_is_tried_here() -> None:
    assert {*CASE_COMMANDS, *OFFICE_COMMANDS, commands.ReadMessages} == set(sequence.SEQUENCES)


@EACH
def test_a_case_is_not_there_for_another_office_or_another_citizen(kind: type[CaseCommand], desks: Desks) -> None:
    command = kind(desks.start(), *CASE_COMMANDS[kind])  # type: ignore[call-arg]
    elsewhere = Actor(Role.CASEWORKER, desks.kari.person_id, "Kari", Office("999999999", "Et annet"), "high")

    assert refused(desks, command, elsewhere) is NotFound
    assert refused(desks, command, desks.people["Truls Eksempel"]) is NotFound


@EACH
def test_the_policy_of_the_journey_may_say_no(kind: type[CaseCommand], desks: Desks) -> None:
    with desks.application.db.write() as connection:
        task = f'<userTask id="a">{assigned("caseworker")}</userTask>'
        made = bundle(f'<startEvent id="s"/>{task}{line("s", "a")}', roles=("priv",))
        desks.application.library.deploy(connection, made, by="test")
    case = desks.start()

    assert refused(desks, kind(case, *CASE_COMMANDS[kind]), desks.kari) is Forbidden  # type: ignore[call-arg]


@EACH
def test_in_a_suspended_case_nothing_is_done_but_what_is_written_stays(kind: type[CaseCommand], desks: Desks) -> None:
    case = desks.start()
    desks.application.dispatch.send(SuspendCase(case, "a fault is looked for"), SYSTEM)
    answer = refused(desks, kind(case, *CASE_COMMANDS[kind]), desks.kari)  # type: ignore[call-arg]

    assert (answer is Suspended) is (kind not in ALSO_SUSPENDED)


@EACH
def test_whose_part_at_the_office_has_ended_does_nothing_more(kind: type[CaseCommand], desks: Desks) -> None:
    case = desks.start()
    with desks.application.db.write() as connection:
        members.end(connection, NAV.orgno, desks.kari.person_id, desks.clock.now())
    answer = refused(desks, kind(case, *CASE_COMMANDS[kind]), desks.kari)  # type: ignore[call-arg]

    assert (answer is Forbidden) is (kind not in ALSO_ENDED)


@pytest.mark.parametrize("kind", OFFICE_COMMANDS, ids=lambda kind: kind.__name__)
def test_acts_of_an_office_are_for_those_who_work_there(kind: type[OfficeCommand], desks: Desks) -> None:
    command = kind(*OFFICE_COMMANDS[kind])
    with desks.application.db.write() as connection:
        members.end(connection, NAV.orgno, desks.ola.person_id, desks.clock.now())

    assert refused(desks, command, desks.people["Anne Eksempel"]) is Forbidden
    assert refused(desks, command, desks.ola) is Forbidden


def test_only_who_leads_the_office_ends_anothers_part_and_nobody_their_own(desks: Desks) -> None:
    assert refused(desks, EndMembership(desks.ola.person_id), desks.kari) is Forbidden
    assert refused(desks, EndMembership(desks.lise.person_id), desks.lise) is Forbidden
    assert refused(desks, EndMembership(desks.ola.person_id), desks.lise) is None
    with desks.application.db.read() as connection:
        assert not members.works_here(connection, NAV.orgno, desks.ola.person_id)


@pytest.mark.parametrize(
    "make",
    [
        lambda case: AddNote(case, "x" * (journal.MAX_TEXT + 1)),
        lambda case: AddNote(case, "  "),
        lambda case: commands.ReturnCase(case, "x" * 1001),
        lambda case: AssignCase(case, "p", "x" * 1001),
        lambda case: commands.AskCitizen(case, "x" * 4001, DAY),
        lambda case: commands.AddMeasure(case, "budget", "x" * 1001, DAY),
        lambda case: commands.RegisterComplaint(case, date(2026, 1, 1), "x" * 4001),
        lambda case: commands.AddDocument(case, "x.pdf", "application/pdf", b"%PDF-", "x" * 121, "other"),
        lambda case: SaveCaseDraft(case, "note", {"note": "x" * (drafts.MAX_TEXT + 1)}),
        lambda case: commands.AddParty(case, "contact", "x" * 121),
    ],
)
def test_a_text_that_is_too_long_is_refused_and_never_cut(make: Callable[[str], Command], desks: Desks) -> None:
    assert refused(desks, make(desks.start()), desks.kari) is NotPossible


def begun(desks: Desks) -> tuple[str, letters.Letter]:
    """A case with a letter that Kari has begun."""
    case = desks.start()
    letter_id = desks.do(BeginLetter, desks.kari, case, "free").made
    return case, letter(desks, case, letter_id)


def letter(desks: Desks, case: str, letter_id: str) -> letters.Letter:
    with desks.application.db.read() as connection:
        return letters.of(connection, desks.application.vault, case, letter_id)


def test_a_letter_is_not_written_over_by_who_has_not_seen_it(desks: Desks) -> None:
    case, seen = begun(desks)
    desks.do(ChangeLetter, desks.kari, case, seen.id, "Brev", "Fra Kari", seen.version, "kari's page")

    for late in (
        ChangeLetter(case, seen.id, "Brev", "Fra Ola", seen.version, "ola's page"),
        SendLetter(case, seen.id, "Brev", "Fra Ola", b"%PDF-", seen.version, "ola's page"),
        DiscardLetter(case, seen.id, seen.version, "ola's page"),
    ):
        with pytest.raises(Conflict) as conflict:
            desks.application.dispatch.send(late, desks.ola)
        there = conflict.value.current
        assert (there.body, there.changed_by) == ("Fra Kari", desks.kari.person_id)
    assert letter(desks, case, seen.id).state == "draft"

    desks.do(ChangeLetter, desks.kari, case, seen.id, "Brev", "Fra Kari igjen", seen.version, "kari's page")
    now = letter(desks, case, seen.id)
    assert refused(desks, ChangeLetter(case, seen.id, "Brev", "Fra Kari igjen\r\n", "old", "x"), desks.ola) is None
    desks.do(ChangeLetter, desks.ola, case, seen.id, "Brev", "Fra Ola", now.version, "ola's page")
    assert letter(desks, case, seen.id).changed_by == desks.ola.person_id


def test_a_letter_is_sent_once_and_only_whole(desks: Desks) -> None:
    case, one = begun(desks)
    with pytest.raises(letters.BlanksLeft):
        desks.do(SendLetter, desks.kari, case, one.id, "Brev", "Hei {decision.reason}", b"%PDF-")
    assert letter(desks, case, one.id).body == one.body, "nothing of what is refused is stored"

    desks.do(SendLetter, desks.kari, case, one.id, "Brev", "Hei", b"%PDF-1")
    with pytest.raises(AlreadyDone):
        desks.do(SendLetter, desks.ola, case, one.id, "Brev", "Hei igjen", b"%PDF-2")
    with desks.application.db.read() as connection:
        assert letters.document(connection, desks.application.vault, case, one.id) == b"%PDF-1"
    assert len(desks.events(case, "LetterSent")) == len(desks.events(case, "NoticeGiven")) == 1
    assert refused(desks, commands.ReadLetter(case, one.id), desks.kari) is NotFound, "it is not the office that reads"
    assert refused(desks, commands.ReadLetter(case, one.id), desks.people["Anne Eksempel"]) is None
    assert letter(desks, case, one.id).read_at == desks.clock.now()


def stored_draft(desks: Desks, case: str, kind: str = "note") -> Mapping[str, Any] | None:
    with desks.application.db.read() as connection:
        found = drafts.find(connection, desks.application.vault, case, desks.kari.person_id, kind)
    return found.content if found else None


def test_the_older_of_two_windows_does_not_write_over_the_newer_unseen(desks: Desks) -> None:
    case = desks.start()

    def save(text: str, version: str, page: str) -> None:
        desks.do(SaveCaseDraft, desks.kari, case, "note", {"note": text} if text else {}, version, page)

    save("Nyere", "", "second")
    with pytest.raises(Conflict) as conflict:
        save("Eldre", "", "first")
    assert conflict.value.current.content == {"note": "Nyere"}
    with pytest.raises(Conflict):
        save("", "", "first")
    save("Nyere og lengre", "", "first")  # nothing is lost
    save("Skrevet om", "", "first")  # the page's own
    save("Sett og endret", drafts.version_of({"note": "Skrevet om"}), "third")
    assert stored_draft(desks, case) == {"note": "Sett og endret"}


def test_a_note_takes_away_only_the_draft_it_came_from(desks: Desks) -> None:
    case = desks.start()
    desks.do(SaveCaseDraft, desks.kari, case, "note", {"note": "Ringte banken"}, None, "one")

    desks.do(AddNote, desks.kari, case, "Noe helt annet", "", "two")
    assert stored_draft(desks, case) == {"note": "Ringte banken"}
    desks.do(AddNote, desks.kari, case, "Ringte banken i dag", "", "two")
    assert stored_draft(desks, case) is None


TASK = f'<userTask id="a">{assigned("caseworker")}</userTask>'
FORM = f'<startEvent id="s"/>{TASK}<endEvent id="e"/>{line("s", "a", "e")}'


@pytest.fixture
def form(desks: Desks) -> str:
    """A case that waits for a caseworker with a form."""
    kinds = [{"id": "form", "taskId": "a", "allowedContentTypes": ["application/json"], "appLogic": {}}]
    made = bundle(FORM, roles=("radgiver", "priv"), metadata={"dataTypes": kinds})
    with desks.application.db.write() as connection:
        desks.application.library.deploy(connection, made, by="test")
    return desks.start()


def test_answers_another_has_stored_meanwhile_are_not_written_over_unseen(form: str, desks: Desks) -> None:
    task = desks.task(form)
    send = desks.application.dispatch.send
    send(SaveTaskData(task.id, "form", {"answer": "Ola"}, seen=0), desks.ola)

    with pytest.raises(Conflict) as conflict:
        send(SaveTaskData(task.id, "form", {"answer": "Kari"}, seen=0), desks.kari)
    there = conflict.value.current
    assert isinstance(there, Stored)
    assert (there.content, there.version, there.changed_by) == ({"answer": "Ola"}, 1, desks.ola.person_id)
    with pytest.raises(Conflict):
        desks.do(CompleteCaseTask, desks.kari, form, task.id, {"form": {"answer": "Kari"}}, 0)
    assert desks.task(form).state == "ready"

    desks.do(CompleteCaseTask, desks.kari, form, task.id, {"form": {"answer": "Kari"}}, 1)
    with pytest.raises(AlreadyDone) as faster:
        desks.do(CompleteCaseTask, desks.ola, form, task.id, {"form": {"answer": "Ola igjen"}}, 1)
    assert (faster.value.by, faster.value.state) == (desks.kari.person_id, "completed")


def test_a_colleague_hears_who_has_the_case_and_takes_it_over_with_its_task(desks: Desks) -> None:
    case = desks.start()
    desks.do(TakeCase, desks.kari, case)
    task = desks.task(case).id

    with pytest.raises(AlreadyDone) as held:
        desks.do(CompleteCaseTask, desks.ola, case, task)
    assert (held.value.by, held.value.state) == (desks.kari.person_id, "claimed")
    desks.do(AssignCase, desks.ola, case, desks.ola.person_id, "Kari er syk")
    desks.do(CompleteCaseTask, desks.ola, case, task)

    assert desks.task(case).element_id == "b"
    assert desks.events(case, "CaseAssigned") == [
        {"from": desks.kari.person_id, "to": desks.ola.person_id, "said_why": True}
    ]


def test_a_finished_task_and_its_discarded_draft_are_one_transaction(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = desks.start()
    task = desks.task(case).id
    desks.do(SaveCaseDraft, desks.kari, case, f"task.{task}", {"answer": "halvt"}, None, "page")

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patched, pytest.raises(RuntimeError):
        patched.setattr(drafts, "throw_away_covered", fails)
        desks.do(CompleteCaseTask, desks.kari, case, task)
    assert (desks.task(case).id, stored_draft(desks, case, f"task.{task}")) == (task, {"answer": "halvt"})

    desks.do(CompleteCaseTask, desks.kari, case, task, {}, None, "page")
    assert desks.task(case).id != task and stored_draft(desks, case, f"task.{task}") is None


def test_the_same_form_sent_twice_puts_one_document_in_the_case(desks: Desks) -> None:
    case = desks.start()
    command = commands.AddDocument(case, "x.pdf", "application/pdf", b"%PDF-", "Kontrakt", "agreement")
    send = desks.application.dispatch.send
    first, again = (send(command, desks.kari, key="the form") for _ in range(2))

    assert first.made == again.made and again.repeated
    with desks.application.db.read() as connection:
        found = documents.of_case(connection, desks.application.vault, case)
    assert [one.id for one in found] == [first.made]
    assert len(desks.events(case, "DocumentAdded")) == len(desks.events(case, "NoticeGiven")) == 1
    desks.clock.advance(timedelta(hours=1))
    assert refused(desks, commands.OpenDocument(case, first.made), desks.people["Anne Eksempel"]) is None
