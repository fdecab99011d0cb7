"""The studio's commands: who may send them, who is second, what is sent twice, and what two must agree on."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import pytest
from joserfc.jwk import RSAKey
from sqlalchemy import func, select

from engine.application import Application
from engine.studio import drafts, sequence, studio_settings, trusted_issuers
from engine.studio.blank import blank
from engine.studio.bpmn_editor import EditRefused, set_text
from engine.studio.commands import (
    BeginDraft,
    DiscardDraft,
    DistrustIssuer,
    EditDraft,
    Edited,
    EnterIssuerKey,
    MergeDraft,
    MoveCases,
    ProposeDraft,
    PublishDraft,
    RedoDraft,
    RemoveScenario,
    RevertMove,
    SaveScenario,
    SetOfficeAreas,
    SetStudioSetting,
    StudioCommand,
    TrustIssuer,
    TryMove,
    UndoDraft,
)
from engine.studio.drafts import DraftConflict
from engine.studio.studio_settings import Setting, T
from engine.studio.trusted_issuers import KeyRefused
from engine.workflow.audit import chain
from engine.workflow.audit.chain import audit_event
from engine.workflow.authorization.actor import SYSTEM, Actor, Office, Role
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.errors import AlreadyDone, Forbidden, NotFound, NotPossible
from engine.workflow.execution.commands import Outcome

KEY = "vergemal"
ADA = Actor(Role.ADMINISTRATOR, "ada", "Ada")
BEA = Actor(Role.ADMINISTRATOR, "bea", "Bea")
OTHERS = [
    Actor(Role.CITIZEN, "anne", "Anne", level="high"),
    Actor(Role.CASEWORKER, "kari", "Kari", Office("312345672", "Nav", leads=True), "high"),
    Actor(Role.LEADER, "lise", "Lise", Office("312345672", "Nav", leads=True), "high"),
    SYSTEM,
]


@pytest.fixture
def app(application: Application) -> Application:
    """An installation that takes the studio's commands."""
    sequence.connect(application)
    return application


@pytest.fixture
def draft(app: Application) -> Application:
    """The same, with a draft begun by Ada."""
    send(app, BeginDraft(vergemal()))
    return app


def vergemal() -> Bundle:
    return blank(KEY, "Vergemål", {"orgno": "312345672", "name": "Nav"})


def send(app: Application, command: StudioCommand, actor: Actor = ADA, key: str = "") -> Outcome:
    return app.dispatch.send(command, actor, key=key)


def text(name: str, words: str) -> Callable[[Bundle], Edited]:
    return lambda bundle: Edited(set_text(bundle.files, name, "nb", words), name)


def process(words: str) -> Callable[[Bundle], Edited]:
    """A change of the diagram."""

    def change(bundle: Bundle) -> Edited:
        old = bundle.files["process.bpmn"]
        return Edited({**bundle.files, "process.bpmn": old.replace(b"</", f"<!-- {words} --></".encode(), 1)})

    return change


def stored(app: Application) -> drafts.Draft:
    with app.db.read() as connection:
        found = drafts.find(connection, KEY)
    assert found is not None
    return found


def events(app: Application) -> list[tuple[str, str]]:
    """Kind and actor of everything in the system's chain."""
    with app.db.read() as connection:
        ours = select(audit_event.c.kind, audit_event.c.actor_id).where(audit_event.c.case_id == chain.SYSTEM_CHAIN)
        return [(row[0], row[1]) for row in connection.execute(ours.order_by(audit_event.c.seq))]


def setting(app: Application, one: Setting[T]) -> T:
    with app.db.read() as connection:
        return studio_settings.get(connection, one)


EVERY: list[StudioCommand] = [
    EditDraft(KEY, 1, text("task.Apply", "Søk")),
    MergeDraft(KEY, 1, b"<x/>"),
    SaveScenario(KEY, 1, "en", "En", "", [], {}),
    RemoveScenario(KEY, 1, "en"),
    BeginDraft(vergemal(), replace=True),
    UndoDraft(KEY, 1),
    RedoDraft(KEY, 1),
    DiscardDraft(KEY, 1),
    ProposeDraft(KEY, 1),
    PublishDraft(KEY, 1),
    SetStudioSetting("two_persons", True),
    SetOfficeAreas(()),
    EnterIssuerKey("Nav", "{}"),
    TrustIssuer("x"),
    DistrustIssuer("x"),
    MoveCases(KEY, "x"),
    TryMove(KEY, revision=1),
]


@pytest.mark.parametrize("actor", OTHERS, ids=lambda actor: actor.role.value)
@pytest.mark.parametrize("command", EVERY, ids=lambda command: type(command).__name__)
def test_who_is_no_administrator_is_refused_by_the_command_itself(
    draft: Application, command: StudioCommand, actor: Actor
) -> None:
    before = events(draft)
    with pytest.raises(Forbidden):
        send(draft, command, actor)
    assert stored(draft).revision == 1
    assert events(draft) == before


def test_every_command_of_the_studio_is_tried_by_others(app: Application) -> None:
    """The one about a move of cases needs one: it is tried on a move below."""
    ours = {command for command in app.dispatch.sequences if issubclass(command, StudioCommand)}
    assert ours - {type(command) for command in EVERY} == {RevertMove}


def test_a_move_of_cases_is_put_back_by_administrators_alone(draft: Application) -> None:
    version = send(draft, PublishDraft(KEY, 1)).made
    batch = send(draft, MoveCases(KEY, version)).made
    with pytest.raises(Forbidden):
        send(draft, RevertMove(KEY, batch), OTHERS[1])
    with pytest.raises(NotFound):
        send(draft, RevertMove("another", batch))
    tried = send(draft, TryMove(KEY, version)).made
    with pytest.raises(NotPossible):
        send(draft, RevertMove(KEY, tried))


def test_cases_move_to_a_version_of_their_own_process_only(draft: Application) -> None:
    send(draft, PublishDraft(KEY, 1))
    for to in ("none", ""):
        with pytest.raises(NotFound):
            send(draft, MoveCases(KEY, to))


def test_a_change_is_a_revision_with_one_event(draft: Application) -> None:
    made = send(draft, EditDraft(KEY, 1, text("task.Apply", "Søk")))
    assert made.made == "task.Apply" and made.detail == {"revision": 2, "beside": False}
    assert stored(draft).bundle.text("task.Apply", "nb") == "Søk"
    assert events(draft) == [("DraftBegun", "ada"), ("DraftChanged", "ada")]


def test_a_change_that_changes_nothing_is_no_revision(draft: Application) -> None:
    made = send(draft, EditDraft(KEY, 1, lambda bundle: Edited(bundle.files)))
    assert made.detail == {"revision": 1, "beside": False}
    assert events(draft) == [("DraftBegun", "ada")]


def test_what_two_change_besides_each_other_is_both_saved(draft: Application) -> None:
    send(draft, EditDraft(KEY, 1, text("task.Apply", "Søk")), BEA)
    made = send(draft, EditDraft(KEY, 1, text("task.Handle", "Se på det")))
    assert made.detail == {"revision": 3, "beside": True}, "the page is told that there is something it has not seen"
    bundle = stored(draft).bundle
    assert (bundle.text("task.Apply", "nb"), bundle.text("task.Handle", "nb")) == ("Søk", "Se på det")


def test_who_is_second_with_a_text_changes_nothing_and_is_given_both(draft: Application) -> None:
    send(draft, EditDraft(KEY, 1, text("task.Apply", "Beas ord")), BEA)
    with pytest.raises(DraftConflict) as conflict:
        send(draft, EditDraft(KEY, 1, text("task.Apply", "Adas ord")))
    found = conflict.value
    assert [(one.part, one.mine, one.theirs) for one in found.overlaps] == [("task.Apply", "Adas ord", "Beas ord")]
    assert (found.by, found.at) == ("bea", draft.clock.now())
    assert found.seen is not None and found.seen.text("task.Apply", "nb") == vergemal().text("task.Apply", "nb")
    assert stored(draft).bundle.text("task.Apply", "nb") == "Beas ord"
    assert events(draft)[-1] == ("DraftChanged", "bea")


def test_who_has_seen_the_other_version_may_save_over_it(draft: Application) -> None:
    send(draft, EditDraft(KEY, 1, text("task.Apply", "Beas ord")), BEA)
    send(draft, EditDraft(KEY, 2, text("task.Apply", "Adas ord")))
    assert stored(draft).bundle.text("task.Apply", "nb") == "Adas ord"


def test_two_who_draw_the_same_diagram_are_not_merged(draft: Application) -> None:
    send(draft, EditDraft(KEY, 1, process("Bea")), BEA)
    with pytest.raises(DraftConflict) as conflict:
        send(draft, EditDraft(KEY, 1, process("Ada")))
    assert [one.file for one in conflict.value.overlaps] == ["process.bpmn"]


def test_the_second_press_of_a_change_is_the_first_again(draft: Application) -> None:
    add = EditDraft(KEY, 1, process("once"))
    first, second = send(draft, add), send(draft, add)
    assert (first.repeated, second.repeated) == (False, True)
    assert (second.detail or {})["revision"] == 2
    assert stored(draft).bundle.files["process.bpmn"].count(b"once") == 1
    assert events(draft) == [("DraftBegun", "ada"), ("DraftChanged", "ada")]


def test_the_same_change_by_a_colleague_is_not_a_second_press(draft: Application) -> None:
    send(draft, EditDraft(KEY, 1, process("both")), BEA)
    with pytest.raises(DraftConflict):
        send(draft, EditDraft(KEY, 1, process("both")))


@pytest.mark.parametrize("command", [UndoDraft, RedoDraft, DiscardDraft, ProposeDraft, PublishDraft])
def test_nobody_does_anything_with_a_draft_they_have_not_seen(draft: Application, command: StudioCommand) -> None:
    send(draft, EditDraft(KEY, 1, text("task.Apply", "Beas ord")), BEA)
    with pytest.raises(DraftConflict) as conflict:
        send(draft, command(KEY, 1))
    assert conflict.value.by == "bea"
    assert stored(draft).revision == 2


@pytest.mark.parametrize("command", [EditDraft(KEY, 1, process("x")), UndoDraft(KEY, 1), PublishDraft(KEY, 1)])
def test_a_draft_that_is_gone_is_not_found(app: Application, command: StudioCommand) -> None:
    with pytest.raises(NotFound):
        send(app, command)


def test_a_change_is_undone_once_by_two_presses(draft: Application) -> None:
    send(draft, EditDraft(KEY, 1, text("task.Apply", "Søk")))
    first = send(draft, UndoDraft(KEY, 2), key="press")
    second = send(draft, UndoDraft(KEY, 2), key="press")
    assert (first.repeated, second.repeated) == (False, True)
    assert stored(draft).bundle.checksum == vergemal().checksum
    send(draft, RedoDraft(KEY, 3))
    assert stored(draft).bundle.text("task.Apply", "nb") == "Søk"
    assert [kind for kind, _ in events(draft)] == ["DraftBegun", "DraftChanged", "DraftUndone", "DraftRedone"]


def test_a_draft_takes_no_place_that_is_taken(draft: Application) -> None:
    other = Bundle(KEY, set_text(vergemal().files, "task.Apply", "nb", "Annet"))
    for command in (BeginDraft(other), BeginDraft(other, new=True)):
        with pytest.raises(DraftConflict) as conflict:
            send(draft, command, BEA)
        assert conflict.value.by == "ada"
    assert send(draft, BeginDraft(vergemal())).repeated, "the same upload pressed twice"
    assert not send(draft, BeginDraft(other, replace=True), BEA).repeated
    assert stored(draft).can_undo
    send(draft, PublishDraft(KEY, 2), BEA)
    with pytest.raises(AlreadyDone):
        send(draft, BeginDraft(other, new=True))


def test_what_cannot_be_read_as_the_process_is_refused(draft: Application) -> None:
    for xml in (b"<x/>", b"<", vergemal().files["process.bpmn"].replace(b'id="vergemal"', b'id="another"')):
        with pytest.raises(EditRefused):
            send(draft, MergeDraft(KEY, 1, xml))
    assert stored(draft).revision == 1


def test_a_scenario_of_another_draft_is_refused(draft: Application) -> None:
    with pytest.raises(EditRefused) as refused:
        send(draft, SaveScenario(KEY, 1, "en", "En", "another checksum", [], {}))
    assert refused.value.key == "scenario.changed"


def _scenario(app: Application, blocks: bool) -> None:
    from engine.studio import scenarios

    basis = scenarios.basis(stored(app).bundle)
    send(app, SaveScenario(KEY, 1, "en", "En", basis, [{"do": "clock", "hours": 1}], {"state": "open"}, blocks=blocks))


def test_a_scenario_that_must_hold_stops_a_publishing_that_has_not_seen_it_hold(draft: Application) -> None:
    _scenario(draft, blocks=True)
    with pytest.raises(NotPossible) as refused:
        send(draft, PublishDraft(KEY, 2))
    assert [reason.rule for reason in refused.value.reasons] == ["scenario-blocks"]
    assert send(draft, PublishDraft(KEY, 2, held=("en",))).detail == {"version": 1, "new": True, "batch": ""}


def test_a_scenario_that_need_not_hold_stops_nothing_and_can_be_taken_out(draft: Application) -> None:
    _scenario(draft, blocks=False)
    send(draft, RemoveScenario(KEY, 2, "en"))
    assert stored(draft).bundle.checksum == vergemal().checksum
    send(draft, UndoDraft(KEY, 3))
    assert send(draft, PublishDraft(KEY, 4)).made


def test_a_draft_with_faults_is_not_published(draft: Application) -> None:
    def break_it(bundle: Bundle) -> Edited:
        files: Mapping[str, bytes] = {name: data for name, data in bundle.files.items() if name != "policy.xml"}
        return Edited(files)

    send(draft, EditDraft(KEY, 1, break_it))
    with pytest.raises(NotPossible) as refused:
        send(draft, PublishDraft(KEY, 2))
    assert refused.value.reasons
    assert stored(draft).revision == 2, "and the draft is still there"


def test_publishing_is_one_version_by_two_presses(draft: Application) -> None:
    first = send(draft, PublishDraft(KEY, 1), key="press")
    second = send(draft, PublishDraft(KEY, 1), key="press")
    assert second.repeated and second.made == first.made
    with draft.db.read() as connection:
        assert [version.version for version in draft.library.versions(connection, KEY)] == [1]
        assert drafts.find(connection, KEY) is None
    assert [kind for kind, _ in events(draft)] == ["DraftBegun", "DraftDiscarded"]


def test_where_two_must_agree_nobody_publishes_alone(draft: Application) -> None:
    send(draft, SetStudioSetting("two_persons", True))
    with pytest.raises(NotPossible):
        send(draft, PublishDraft(KEY, 1))
    send(draft, ProposeDraft(KEY, 1))
    send(draft, ProposeDraft(KEY, 1), BEA)
    assert stored(draft).proposed_by == "ada", "asked again, it is the first who waits for a colleague"
    with pytest.raises(NotPossible):
        send(draft, PublishDraft(KEY, 1))
    send(draft, EditDraft(KEY, 1, text("task.Apply", "Søk")), BEA)
    with pytest.raises(NotPossible):
        send(draft, PublishDraft(KEY, 2), BEA)
    send(draft, ProposeDraft(KEY, 2), BEA)
    assert send(draft, PublishDraft(KEY, 2)).made
    assert [event for event in events(draft) if event[0] == "DraftProposed"] == [
        ("DraftProposed", "ada"),
        ("DraftProposed", "bea"),
    ]


def test_where_two_must_agree_one_asks_and_a_colleague_turns_it_off(app: Application) -> None:
    send(app, SetStudioSetting("two_persons", True))
    states = [send(app, SetStudioSetting("two_persons", False)).state for _ in range(2)]
    assert states == ["asked", ""] and setting(app, studio_settings.TWO_PERSONS) is True
    assert send(app, SetStudioSetting("two_persons", False), BEA).state == "changed"
    assert setting(app, studio_settings.TWO_PERSONS) is False and setting(app, studio_settings.ASKED) == {}
    assert [kind for kind, _ in events(app)] == [
        "StudioSettingChanged",
        "StudioSettingAsked",
        "StudioSettingChanged",
        "StudioSettingAskedNoMore",
    ]


@pytest.mark.parametrize("name", ["trusted_keys", "turn_off", "another"])
def test_what_is_no_rule_cannot_be_turned(app: Application, name: str) -> None:
    with pytest.raises(NotFound):
        send(app, SetStudioSetting(name, True))
    assert events(app) == []


def test_where_two_must_agree_a_key_is_trusted_by_a_colleague_and_distrusted_by_one(app: Application) -> None:
    jwk = json.dumps(RSAKey.generate_key(2048).as_dict(private=False))
    send(app, SetStudioSetting("two_persons", True))
    send(app, EnterIssuerKey("Nav", jwk))
    [entered] = keys(app)
    assert not entered.trusted
    with pytest.raises(KeyRefused):
        send(app, TrustIssuer(entered.thumbprint))
    with pytest.raises(KeyRefused):
        send(app, EnterIssuerKey("Nav igjen", jwk))
    with pytest.raises(KeyRefused) as refused:
        send(app, EnterIssuerKey("N" * (trusted_issuers.MAX_NAME + 1), jwk))
    assert refused.value.key == "edit.too_long"
    send(app, TrustIssuer(entered.thumbprint), BEA)
    send(app, TrustIssuer(entered.thumbprint), BEA)
    assert [key.trusted for key in keys(app)] == [True]
    send(app, DistrustIssuer(entered.thumbprint))
    send(app, DistrustIssuer(entered.thumbprint))
    assert keys(app) == []
    assert events(app)[1:] == [
        ("SigningKeyEntered", "ada"),
        ("SigningKeyTrusted", "bea"),
        ("SigningKeyRemoved", "ada"),
    ]


def keys(app: Application) -> list[trusted_issuers.TrustedIssuer]:
    with app.db.read() as connection:
        return trusted_issuers.every(connection)


def test_what_is_refused_leaves_no_event(draft: Application) -> None:
    def refuse(_: Bundle) -> Edited:
        raise EditRefused("edit.gone")

    with pytest.raises(EditRefused):
        send(draft, EditDraft(KEY, 1, refuse))
    with draft.db.read() as connection:
        counted = select(func.count()).select_from(audit_event)
        assert connection.execute(counted).scalar_one() == 1
