"""A draft becomes the next version; a bundle leaves as a zip."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from engine.definitions import drafts
from engine.execution.commands import NotFound
from engine.web import view
from engine.web.guards import actor
from engine.web.studio.desk import blueprint, current, draft_of, errors
from engine.web.studio.process import page
from engine.web.studio.steps import revision


@blueprint.post("/prosesser/<key>/publiser")
def publish(key: str) -> Any:
    """The draft becomes the next version, as it was seen. Cases that run stay on theirs."""
    house = view.house()
    wrong = ""
    with house.db.write() as connection:
        draft = draft_of(connection, key)
        if errors(connection, draft.bundle):
            wrong = "studio.has_faults"
        elif draft.revision != revision():
            wrong = "studio.conflict"
        else:
            deployed, new = house.library.deploy(connection, draft.bundle, by=actor().person_id)
            drafts.discard(connection, key, draft.revision, actor(), house.clock.now())
    if wrong:
        return page(key, view.t(wrong))
    return redirect(url_for("studio.show", key=key, fane="versjoner", publisert=deployed.version if new else "0"), 303)


@blueprint.get("/prosesser/<key>/eksport.zip")
def export(key: str) -> Response:
    """The draft, the version in use, or with ``?versjon=`` an older one."""
    house = view.house()
    wanted = request.args.get("versjon", "")
    with house.db.read() as connection:
        if wanted:
            found = next((v for v in house.library.versions(connection, key) if str(v.version) == wanted), None)
            if found is None:
                raise NotFound(key)
            bundle = found.bundle
        else:
            bundle = current(connection, key)
    answer = make_response(bundle.pack())
    answer.headers["Content-Type"] = "application/zip"
    answer.headers["Content-Disposition"] = f"attachment; filename={bundle.key}.zip"
    return answer
