"""What templates may use: texts, amounts, dates, names."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from flask import Flask, current_app, g, url_for

from engine.application import Application
from engine.vault import Erased
from engine.web.texts import NAMES, translate
from forms import formatting


def house() -> Application:
    """The wired application."""
    return cast(Application, current_app.extensions["ibalanse"])


def t(key: str, **values: object) -> str:
    return translate(g.language, key, **values)


def journey_text(key: str, journey: str = "advice", **values: object) -> str:
    """A text of a journey's bundle, in the person's language."""
    application = house()
    with application.db.read() as connection:
        bundle = application.library.newest(connection, journey).bundle
    text = bundle.text(key, g.language)
    return text.format(**values) if values else text


def stage_titles(journey: str = "advice") -> list[tuple[str, str]]:
    """Stage ids and titles of a journey, in order."""
    application = house()
    with application.db.read() as connection:
        metadata = application.library.newest(connection, journey).bundle.metadata
    return [
        (stage["id"], stage["title"].get(g.language) or stage["title"]["nb"]) for stage in metadata.get("stages", ())
    ]


def name_of(person_id: str | None) -> str:
    """A person's name, or the system's, or that she is erased."""
    if not person_id or person_id == "system":
        return "iBalanse"
    application = house()
    try:
        with application.db.read() as connection:
            return application.vault.person(connection, person_id).name
    except (KeyError, Erased):
        return t("person.erased")


def moment(at: datetime | None) -> str:
    """A day and a time as people say it."""
    if at is None:
        return ""
    return f"{formatting.long_date(at, g.language)} {formatting.clock_time(at, g.language)}"


def install(app: Flask) -> None:
    """Filters and globals of every template."""
    env = app.jinja_env
    env.globals.update(
        t=t, journey_text=journey_text, name_of=name_of, languages=NAMES, new_key=lambda: str(uuid.uuid4())
    )
    env.filters.update(
        kr=lambda value: formatting.kroner(value, g.language),
        percent=lambda value: formatting.percent(value, g.language),
        long_date=lambda value: formatting.long_date(value, g.language),
        short_date=lambda value: formatting.short_date(value, g.language),
        clock=lambda value: formatting.clock_time(value, g.language),
        moment=moment,
        money=Decimal,
    )
    env.trim_blocks = env.lstrip_blocks = True

    @app.context_processor
    def frame() -> dict[str, Any]:
        return {"actor": g.get("actor"), "language": g.get("language", "nb"), "csrf_token": g.get("csrf", "")}


def static(name: str) -> str:
    return url_for("static", filename=name)
