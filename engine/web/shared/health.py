"""Is it alive, is it ready? For load balancers; tells nothing personal."""

from __future__ import annotations

from flask import jsonify
from flask.typing import ResponseReturnValue

from engine.platform import schema
from engine.web.shared import view
from engine.web.shared.guards import ANYONE, guarded
from engine.workflow.jobs import outbox
from engine.workflow.jobs.wakeup import Wakeup

blueprint = guarded("health", __name__, ANYONE)


@blueprint.get("/health/live")
def live() -> ResponseReturnValue:
    return jsonify(status="live")


@blueprint.get("/health/ready")
def ready() -> ResponseReturnValue:
    """The database decides; without Redis we are slower, not down."""
    application = view.application()
    current = schema.is_current(application.db)
    with application.db.read() as connection:
        count, age = outbox.backlog(connection, application.clock.now())
    redis = application.wakeup.answers() if isinstance(application.wakeup, Wakeup) else True
    status = "ready" if current and redis else "degraded" if current else "down"
    return jsonify(status=status, due=count, oldest_seconds=round(age, 1), redis=redis), 200 if current else 503
