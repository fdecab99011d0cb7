"""Everything at a glance: what stands still, what waits, who works, who answers, what runs, and how it is set up."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import make_url
from werkzeug.wrappers import Response

from engine.advice.evidence import health as source_health
from engine.platform.settings import Settings
from engine.web.operations.session import blueprint, error_text, process_name, step_name
from engine.web.shared import view
from engine.web.shared.commands import send, sends
from engine.workflow.operations import batches, checks, health, history, incidents
from engine.workflow.operations.commands import ResetBreaker, StartAuditCheck
from forms import formatting

MAX_GROUPS = 50
SANDBOX_SECONDS = 0.5


@blueprint.get("/drift")
def index() -> ResponseReturnValue:
    application = view.application()
    now = application.clock.now()
    with application.db.read() as connection:
        found = incidents.groups(connection)
        groups = [
            {
                "group": group,
                "what": error_text(group.code),
                "process": process_name(connection, group.process),
                "step": step_name(connection, group.process, group.element),
            }
            for group in found[:MAX_GROUPS]
        ]
        queues = health.queues(connection, now)
        sweeps = health.sweeps(connection, now)
        sources = source_health.sources(connection, application.data_sets.values(), now)
        breakers = health.breakers(connection)
        coming = [
            {
                "when": one,
                "process": process_name(connection, one.process),
                "step": step_name(connection, one.process, one.element),
            }
            for one in health.coming(connection, now)
        ]
        versions = [
            {**version, "title": process_name(connection, version["key"])}
            for version in history.versions(connection)
            if version["active"] or version["suspended"]
        ]
    workers = health.workers(application)
    moved = health.moved(application)
    return render_template(
        "operations.html",
        groups=groups,
        more=max(0, len(found) - MAX_GROUPS),
        count=sum(group.count for group in found),
        queues=queues,
        workers=workers,
        alive=[
            one
            for one in workers or ()
            if one.last_seen and now - moved_back(one.last_seen, moved, now) <= health.SILENT
        ],
        sweeps=sweeps,
        sources=sources,
        breakers=breakers,
        coming=coming,
        versions=versions,
        batches=batches.latest(application, 10),
        check=checks.latest(application),
        settings=in_force(application.settings, application.provider_urls),
        sandbox=None
        if moved is None
        else {"moved": _days(moved), "answers": _answers(application.settings.sandbox_url)},
        now=now,
        reported=request.args.get("gjort", ""),
    )


def _days(moved: timedelta) -> str:
    """Days the clock is ahead (or behind, with a minus), as people write numbers; "" when it is the machine's own."""
    days = Decimal(moved.total_seconds()) / 86_400
    return "" if abs(moved) < timedelta(minutes=1) else formatting.number(days, 1, g.language)


def moved_back(seen: datetime, moved: timedelta | None, now: datetime) -> datetime:
    """When a worker was heard, by our clock: Redis is told the machine's own time."""
    return (seen if seen.tzinfo else seen.replace(tzinfo=now.tzinfo)) + (moved or timedelta(0))


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=SANDBOX_SECONDS) as answer:  # noqa: S310  our own address from settings
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError, ValueError):
        return False


def in_force(settings: Settings, provider_urls: Mapping[str, str]) -> list[tuple[str, str]]:
    """Settings by name, without anything that must stay secret: those are named by what they are, never by value."""
    return [
        ("IBALANSE_ENV", settings.environment),
        ("DATABASE_URL", _without_password(settings.database_url)),
        ("REDIS_URL", _without_password(settings.redis_url) if settings.redis_url else "–"),
        ("IBALANSE_BASE_URL", settings.base_url),
        ("IBALANSE_ORGNO", f"{settings.organisation_number} {settings.organisation_name}"),
        ("IDPORTEN_ISSUER", settings.idporten.issuer),
        ("ANSATTPORTEN_ISSUER", settings.ansattporten.issuer),
        ("MASKINPORTEN_ISSUER", settings.maskinporten.issuer),
        ("ALTINN_URL", settings.altinn_url),
        *((f"{name.upper()}_URL", url) for name, url in sorted(provider_urls.items())),
        ("IBALANSE_CALLOUTS", ", ".join(sorted(settings.callouts)) or "–"),
        ("IBALANSE_WORKERS", str(settings.workers)),
        ("IBALANSE_WEB_WORKERS", str(settings.web_workers)),
        ("IBALANSE_WEB_THREADS", str(settings.web_threads)),
        ("IBALANSE_TRUSTED_PROXIES", str(settings.trusted_proxies)),
        ("IBALANSE_METRICS_PORT", str(settings.metrics_port)),
        ("IBALANSE_KEYS", view.t("drift.keys", count=len(settings.data_keys), used=settings.data_key_id)),
    ]


def _without_password(url: str) -> str:
    try:
        parts = make_url(url)
    except Exception:
        return url.partition("://")[0]
    return parts.set(query={}).render_as_string(hide_password=True)


@blueprint.post("/drift/bryter/<name>")
@sends(ResetBreaker)
def reset(name: str) -> Response:
    done = send(ResetBreaker(name)).made
    return redirect(url_for("operations.index", gjort="breaker" if done else None, _anchor="kilder"), 303)


@blueprint.post("/drift/kontroll")
@sends(StartAuditCheck)
def verify() -> Response:
    """Verify every audit chain; a worker does it."""
    send(StartAuditCheck())
    return redirect(url_for("operations.index", _anchor="kontroll"), 303)
