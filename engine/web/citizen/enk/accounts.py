"""Which account is for what (R60)."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from engine.advice.commands import TagAccounts
from engine.advice.economy.enk.tagging import Tag, suggest
from engine.advice.economy.figures import Account
from engine.advice.evidence import business
from engine.web.citizen import own_pages
from engine.web.citizen.enk.session import blueprint, known_of
from engine.web.citizen.overview_progress import being_made
from engine.web.citizen.own_pages import open_task
from engine.web.shared import view
from engine.web.shared.commands import sends
from engine.web.shared.guards import actor
from engine.workflow.errors import NotFound


@blueprint.get("/enk/kontoer")
def accounts() -> ResponseReturnValue:
    """Which account is for what (R60): suggested, decided by the owner."""
    application = view.application()
    with application.db.read() as connection:
        known = known_of(connection)
        if known is None:
            return redirect(url_for("citizen.home"), 303)
        task = open_task(connection, "tag_accounts")
        tags = business.tagging(connection, application.vault, actor().person_id)
    if known.private is None and (wait := being_made()):
        return wait
    return render_template(
        "enk_accounts.html",
        suggestions=suggest(known.figures.accounts, known.figures.enterprises),
        enterprises=known.figures.enterprises,
        tags=tags,
        kinds=list(Tag),
        task=task,
    )


@blueprint.post("/enk/kontoer")
@sends(TagAccounts)
def tag() -> Response:
    application = view.application()
    with application.db.read() as connection:
        known = known_of(connection)
        task = open_task(connection, "tag_accounts")
    if known is None:
        raise NotFound("case")
    by_id = {_short(account): account.number for account in known.figures.accounts}
    chosen = {
        by_id[name.removeprefix("tag-")]: Tag(value).value
        for name, value in request.form.items()
        if name.startswith("tag-") and name.removeprefix("tag-") in by_id and value in list(Tag)
    }
    ends = task.id if task else ""
    return own_pages.save(TagAccounts(known.case.id, chosen, ends), ends, url_for("enk.show"))


def _short(account: Account) -> str:
    """A name for an account in a form: never its number."""
    return account.id.rpartition(":")[2]
