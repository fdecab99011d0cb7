"""The sandbox's day: the machine's, moved as far as the product's own sandbox clock. One file says how far."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask import Blueprint, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue

from engine.platform.calendar import norwegian_today
from engine.platform.clock import OSLO, SandboxClock

blueprint = Blueprint("clock", __name__, url_prefix="/klokke")
MOST_DAYS = 3660


def _clock() -> SandboxClock:
    found: SandboxClock = current_app.config["CLOCK"]
    return found


def now() -> datetime:
    """The moment it is in the sandbox, aware, in UTC."""
    return _clock().now()


def today() -> date:
    """The day it is in the sandbox, in Oslo."""
    return norwegian_today(_clock())


@blueprint.get("/")
def show() -> ResponseReturnValue:
    return render_template("clock.html", now=_clock().now().astimezone(OSLO), moved=_clock().moved, fault="")


@blueprint.post("/")
def move() -> ResponseReturnValue:
    """Forward by ``days`` and ``hours``. Everything due in between is done when the workers come to it."""
    days, hours = request.form.get("days", "0"), request.form.get("hours", "0")
    if not days.isdigit() or not hours.isdigit() or int(days) > MOST_DAYS or int(hours) > 240:
        page = render_template(
            "clock.html", now=_clock().now().astimezone(OSLO), moved=_clock().moved, fault="Skriv et helt tall."
        )
        return page, 422
    _clock().move(timedelta(days=int(days), hours=int(hours)))
    return redirect(f"{current_app.config['SANDBOX_URL']}/klokke/", 303)
