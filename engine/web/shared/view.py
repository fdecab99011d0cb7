"""What templates may use: texts, amounts, dates, names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, cast

from flask import current_app, g, url_for
from sqlalchemy import Connection

from engine.advice.documents import gaps
from engine.advice.documents.words import Words
from engine.advice.economy.enk.overview import EnkWarning
from engine.advice.economy.statement import Missing
from engine.application import Application
from engine.casework import queries
from engine.casework.notices import Notice
from engine.platform.calendar import norwegian_today
from engine.platform.vault import ErasedError
from engine.web.shared.texts import translate
from engine.workflow.audit.rows import EventRow
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.definitions.library import Deployed
from engine.workflow.instances.rows import CaseRow, TaskRow
from forms import formatting


def application() -> Application:
    """The wired application."""
    return cast(Application, current_app.extensions["ibalanse"])


def t(key: str, **values: object) -> str:
    return translate(g.language, key, **values)


def listed(items: Iterable[object], style: Literal["standard", "or"] = "standard") -> str:
    """Words of a sentence as the person's language joins them: ``a, b og c``."""
    return formatting.listed(g.language, items, style)


def missing(found: Iterable[Missing], name: Callable[[Missing], str] | None = None) -> list[str]:
    """What an overview lacks, in sentences; ``name`` makes a link of a source."""
    return gaps.sentences(found, words(), name)


def data_set_name(data_set: str) -> str:
    """What a data set is called, as its source says it; the id of one that is there no more."""
    known = application().data_sets.get(data_set)
    return known.title.text(g.language) if known else data_set


def where_to_correct(data_set: str) -> str:
    """Whom one tells that a source is wrong, as the source itself says; a general word where it says nothing."""
    known = application().data_sets.get(data_set)
    return known.mistakes.text(g.language) if known and known.mistakes else t("reconciliation.tell_source")


def channel_name(channel: str) -> str:
    """What a consent channel is called in a sentence; the name of one that is there no more."""
    known = application().channels.get(channel)
    return known.title.text(g.language) if known else channel


def words() -> Words:
    """What copies of the page are written with: the page's own texts, in the person's language."""
    return Words(g.language, t, data_set_name)


def line_name(key: str) -> str:
    """The name of a line of an overview (``income.wage``); a name the citizen gave it stands as written."""
    found = t(key)
    return key.partition(".")[2] if found == key else found


def journey_text(key: str, journey: str = "advice", **values: object) -> str:
    """A text of a journey's bundle, in the person's language."""
    app = application()
    with app.db.read() as connection:
        bundle = app.library.newest(connection, journey).bundle
    text = bundle.text(key, g.language)
    return text.format(**values) if values else text


def version_text(definition_id: str, key: str, **values: object) -> str:
    """A text of the very version a case or task runs on."""
    text = _bundle(definition_id).text(key, g.language)
    return text.format(**values) if values else text


def _bundle(definition_id: str) -> Bundle:
    """The bundle of a version, looked up once in a request."""
    known: dict[str, Bundle] = g.setdefault("bundles", {})
    if definition_id not in known:
        app = application()
        with app.db.read() as connection:
            known[definition_id] = app.library.get(connection, definition_id).bundle
    return known[definition_id]


def role_title(definition_id: str, role: str) -> str:
    """What a role in a case is called: by the journey's own word, else the standard one."""
    found = version_text(definition_id, f"role.{role}")
    if found != f"role.{role}":
        return found
    ours = t(f"party.role.{role}")
    return role if ours == f"party.role.{role}" else ours


def task_title(task: TaskRow) -> str:
    """What a task is called, in the version it belongs to."""
    found = version_text(task.definition_id, f"task.{task.element_id}")
    return task.element_id if found == f"task.{task.element_id}" else found


def event_task(event: EventRow) -> str:
    """The name of the task an event is about, as the version says that the case runs on."""
    element, process = event.data.get("task", ""), event.data.get("process", "advice")
    if not element:
        return ""
    key = f"task.{element}"
    app = application()
    with app.db.read() as connection:
        own = queries.version_of_step(connection, event.case_id, element)
        try:
            versions = [app.library.get(connection, own)] if own else []
            versions += app.library.versions(connection, process)
        except KeyError:
            versions = []
    found = (version.bundle.text(key, g.language) for version in versions)
    return next((text for text in found if text != key), element)


def journey_title(key: str) -> str:
    """The name of a journey in the person's language."""
    return next((d.bundle.title(g.language) for d in _newest() if d.key == key), key)


def _newest() -> list[Deployed]:
    """The newest version of every journey, looked up once in a request however many names are asked for."""
    if "newest" not in g:
        app = application()
        with app.db.read() as connection:
            g.newest = app.library.every_newest(connection)
    return cast(list[Deployed], g.newest)


def task_named(definition_id: str, element_id: str) -> str:
    """The name of a task of a case, which may stand in a journey the case calls."""
    key = f"task.{element_id}"
    bundles = [_bundle(definition_id), *(deployed.bundle for deployed in _newest())]
    found = (bundle.text(key, g.language) for bundle in bundles)
    return next((text for text in found if text != key), element_id)


def _amounts(content: Mapping[str, Any]) -> dict[str, str]:
    """Stored values as they are shown: amounts in kroner, days as dates."""
    amount, due = content.get("amount"), content.get("due")
    return {
        "journey": journey_title(str(content["journey"])) if "journey" in content else "",
        "amount": formatting.kroner(abs(Decimal(amount)), g.language) if amount else "",
        "due": formatting.long_date(date.fromisoformat(due), g.language) if due else "",
        "when": formatting.long_date(date.fromisoformat(due), g.language) if due else "",
        "about": str(content.get("about", "")),
    }


def warning_title(warning: EnkWarning) -> str:
    """What a warning about a business says."""
    content = {
        "amount": None if warning.amount is None else str(warning.amount),
        "due": None if warning.due is None else warning.due.isoformat(),
        "about": warning.about,
    }
    return t(f"enk.warn.{warning.kind}", **_amounts(content))


def signal_text(kind: str, about: str, amount: Decimal | None, when: date | None) -> str:
    """An early signal as a sentence."""
    named = {"income_falling": "income.", "income_ending": "benefit_name."}
    format_day = formatting.month_name if kind in ("savings_eaten", "income_ending") else formatting.long_date
    plain = ".plain" if kind == "claim_growing" and amount is None else ""
    today = norwegian_today(application().clock)
    passed = ".passed" if kind == "claim_growing" and when is not None and when < today else ""
    return t(
        f"signal.{kind}{passed}{plain}",
        about=t(named[kind] + about) if kind in named else about,
        amount="" if amount is None else formatting.kroner(amount, g.language),
        when="" if when is None else format_day(when, g.language),
    )


def notice_text(notice: Notice) -> str:
    """What a notice says, in the language of whoever reads it."""
    values = _amounts(notice.content)
    kind, _, rest = notice.kind.partition(".")
    if kind == "enk":
        return f"{t(f'enk.warn.{rest}', **values)} {t('enk.act.' + str(notice.content.get('act', 'plan')))}"
    if kind == "signal":
        amount, due = notice.content.get("amount"), notice.content.get("due")
        return signal_text(
            rest,
            str(notice.content.get("about", "")),
            None if amount is None else Decimal(amount),
            None if due is None else date.fromisoformat(due),
        )
    if kind == "staff":
        by = name_of(notice.content.get("by"))
        return t(f"notice.staff.{rest}", number=notice.content.get("number", ""), who=by)
    if kind == "registered":
        how = t(f"received.{notice.content['received']}")
        return t("notice.registered", who=name_of(notice.content.get("by")), how=how)
    if kind == "journey":
        return version_text(str(notice.content["definition"]), rest)
    return t(f"notice.{kind}", **values)


def stages_of(definition_id: str) -> list[tuple[str, str]]:
    """Stage ids and titles of one version of a journey, in order."""
    app = application()
    with app.db.read() as connection:
        metadata = app.library.get(connection, definition_id).bundle.metadata
    return _stages(metadata)


def journeys() -> list[tuple[str, str]]:
    """Every journey by key and name: what a queue can be narrowed to."""
    return sorted(((d.key, d.bundle.title(g.language)) for d in _newest()), key=lambda pair: pair[1])


def waiting_words(case: CaseRow) -> str:
    """Whom a case waits for, or why it is in a pause."""
    return t(f"pause.{case.pause_reason}") if case.pause_reason else t(f"waiting.{case.waiting_for}")


def stage_titles() -> list[tuple[str, str]]:
    """Every stage of every journey, each id once: what a queue can be narrowed to."""
    return list(dict(pair for d in _newest() for pair in _stages(d.bundle.metadata)).items())


def _stages(metadata: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (stage["id"], stage["title"].get(g.language) or stage["title"]["nb"]) for stage in metadata.get("stages", ())
    ]


def name_of(person_id: str | None) -> str:
    """A person's name, or the system's, or that the person is erased."""
    if not person_id or person_id == "system":
        return "iBalanse"
    known: dict[str, str] = g.setdefault("names", {})
    if person_id not in known:
        app = application()
        try:
            with app.db.read() as connection:
                known[person_id] = app.vault.person(connection, person_id).name
        except (KeyError, ErasedError):
            known[person_id] = t("person.erased")
    return known[person_id]


def know(connection: Connection, ids: Iterable[str]) -> None:
    """Look up the names of all these in one statement, so that ``name_of`` need not one by one."""
    people = application().vault.people(connection, ids)
    g.setdefault("names", {}).update({person_id: person.name for person_id, person in people.items()})


def moment(at: datetime | None) -> str:
    """A day and a time as people say it."""
    if at is None:
        return ""
    return f"{formatting.long_date(at, g.language)} {formatting.clock_time(at, g.language)}"


def size_of(count: int) -> str:
    """Bytes as people read them: ``340 kB``, ``1,2 MB``."""
    if count < 1_000_000:
        return f"{max(1, round(count / 1000))} kB"
    return f"{count / 1_000_000:.1f} MB" if g.language == "en" else f"{count / 1_000_000:.1f} MB".replace(".", ",")


def static(name: str) -> str:
    return url_for("static", filename=name)
