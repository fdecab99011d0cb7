"""Filters and globals of every template. What they do is ``view``'s, ``forms``' and ``sent_files``'."""

from __future__ import annotations

import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import Flask, g
from jinja2 import FileSystemLoader

from engine.advice.documents import cash_flow, plan_payments
from engine.advice.documents.records import line_key
from engine.advice.economy.record_pages import gap_line
from engine.advice.guidance.contacts import everywhere
from engine.casework import uploads
from engine.web.shared import compiled, view
from engine.web.shared.cash_chart import cash_chart
from engine.web.shared.event_texts import event_text
from engine.web.shared.forms import display
from engine.web.shared.sent_files import handed_in
from engine.web.shared.texts import NAMES
from forms import formatting

#: The pages of each audience, beside its views; a name is used once among them all.
TEMPLATE_FOLDERS = sorted(Path(__file__).parents[1].glob("*/templates"))


def install(app: Flask) -> None:
    """Where templates are found, and the filters and globals of every one."""
    app.jinja_loader = FileSystemLoader(TEMPLATE_FOLDERS)
    env = app.jinja_env
    env.globals.update(
        t=view.t,
        journey_text=view.journey_text,
        journey_title=view.journey_title,
        version_text=view.version_text,
        task_title=view.task_title,
        event_text=event_text,
        warning_title=view.warning_title,
        notice_text=view.notice_text,
        signal_text=view.signal_text,
        name_of=view.name_of,
        missing=view.missing,
        waiting_words=view.waiting_words,
        languages=NAMES,
        line_name=view.line_name,
        line_key=line_key,
        cash_said=lambda cash, names: cash_flow.said(cash, view.words(), names=names),
        cash_rows=lambda cash, names: cash_flow.rows(cash, view.words(), names=names),
        cash_chart=cash_chart,
        plan_said=lambda found: plan_payments.said(found, view.words()),
        plan_rows=lambda found: plan_payments.rows(found, view.words()),
        plan_cell=lambda one: plan_payments.cell(one, view.words()),
        cash_left_out=lambda cash: cash_flow.left_out(cash, view.words()),
        gap_line=gap_line,
        data_set_name=view.data_set_name,
        where_to_correct=view.where_to_correct,
        channel_name=view.channel_name,
        everywhere=everywhere,
        new_key=lambda: str(uuid.uuid4()),
        size_of=view.size_of,
        handed_in=handed_in,
        file_endings=[ending for endings in uploads.ENDINGS.values() for ending in endings],
        role_title=view.role_title,
    )
    env.filters.update(
        data_set_name=view.data_set_name,
        kr=lambda value: formatting.kroner(value, g.language),
        percent=lambda value: formatting.percent(value, g.language),
        long_date=lambda value: formatting.long_date(value, g.language),
        weekday_date=lambda value: formatting.weekday_date(value, g.language),
        month=lambda value: formatting.month_name(value, g.language),
        short_date=lambda value: formatting.short_date(value, g.language),
        clock=lambda value: formatting.clock_time(value, g.language),
        moment=view.moment,
        listed=view.listed,
        display=display,
        merged=lambda row, **more: {**row, **more},
        money=Decimal,
    )
    env.lstrip_blocks = True  # and not trim_blocks: a line break between two words is a space on the page
    env.bytecode_cache = compiled.cache(Path(__file__))

    @app.context_processor
    def frame() -> dict[str, Any]:
        return {
            "actor": g.get("actor"),
            "offices": g.get("offices", ()),
            "language": g.get("language", "nb"),
            "csrf_token": g.get("csrf", ""),
        }
