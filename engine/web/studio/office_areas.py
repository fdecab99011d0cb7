"""Kontorer: which office takes the cases of those who live in a municipality."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.studio import office_areas
from engine.studio.commands import SetOfficeAreas
from engine.web.shared import view
from engine.web.shared.commands import send, sends
from engine.web.studio.session import blueprint


@blueprint.get("/prosesser/kontorer")
def areas() -> ResponseReturnValue:
    with view.application().db.read() as connection:
        return _page(office_areas.written(office_areas.every(connection)), "")


def _page(text: str, error: str) -> ResponseReturnValue:
    body = render_template("studio_offices.html", text=text, error=error)
    return (body, 422) if error else body


@blueprint.post("/prosesser/kontorer")
@sends(SetOfficeAreas)
def set_areas() -> ResponseReturnValue:
    """All of them at once; what cannot be read comes back with the line and why."""
    text = request.form.get("areas", "")
    try:
        found = office_areas.read(text)
    except office_areas.AreaError as error:
        return _page(text, view.t(f"areas.{error.rule}", line=error.line))
    send(SetOfficeAreas(found), once=True)
    return redirect(url_for("studio.areas"), 303)
