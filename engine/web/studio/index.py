"""Every process, and the two ways to begin a new one: upload a bundle, or copy one that is here."""

from __future__ import annotations

from contextlib import suppress

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from engine.studio import drafts, studio_settings
from engine.studio.blank import blank
from engine.studio.bundle_upload import KEY, UploadError, read_folder, read_zip
from engine.studio.commands import BeginDraft, SetStudioSetting
from engine.studio.drafts import DraftConflict
from engine.web.shared import view
from engine.web.shared.commands import send, sends
from engine.web.studio import trust
from engine.web.studio.session import blueprint, deployed
from engine.workflow.errors import AlreadyDone
from engine.workflow.instances.models import case_file


@blueprint.get("/prosesser")
def index() -> ResponseReturnValue:
    return page(())


def page(errors: tuple[str, ...], there: str = "") -> ResponseReturnValue:
    """Every process: which version is in use in how many cases, and whether there is a draft.

    *there* is the key of a draft that an upload would have replaced: the page asks first.
    """
    application = view.application()
    with application.db.read() as connection:
        newest = application.library.every_newest(connection)
        stored = drafts.every(connection)
        two = studio_settings.get(connection, studio_settings.TWO_PERSONS)
        requested = studio_settings.get(connection, studio_settings.ASKED).get("two_persons", "")
        open_cases = select(case_file.c.key, func.count()).where(case_file.c.state == "open")
        rows = connection.execute(open_cases.group_by(case_file.c.key)).all()
        running: dict[str, int] = {row[0]: row[1] for row in rows}
        new = [(key, drafts.find(connection, key)) for key in stored if key not in {d.key for d in newest}]
    body = render_template(
        "studio_index.html",
        deployed=sorted(newest, key=lambda d: d.bundle.title(g.language).lower()),
        drafts=stored,
        new=new,
        running=running,
        two=two,
        requested=requested,
        errors=errors,
        there=there,
        submitted=request.form if errors else {},
    )
    return (body, 422) if errors else body


@blueprint.post("/prosesser/last-opp")
@sends(BeginDraft)
def upload() -> ResponseReturnValue:
    """A zip or a folder becomes a draft, whatever errors it has: they are listed on its page."""
    zipped = request.files.get("bundle")
    folder = [f for f in request.files.getlist("folder") if f.filename]
    data = zipped.read() if zipped else b""
    if not data and not folder:
        return page((view.t("studio.choose_file"),))
    try:
        got = read_zip(data) if data else read_folder((f.filename or "", f.read()) for f in folder)
    except UploadError as refused:
        return page(tuple(view.t(key, **values) for key, values in refused.reasons))
    if why := trust.refused(got.seal):
        return page((why,))
    try:
        send(BeginDraft(got.bundle, replace=request.form.get("replace") == got.bundle.key))
    except DraftConflict as there:
        who = view.name_of(there.by)
        text = view.t("studio.draft_there", name=there.now.title(g.language), who=who)
        return page((text,), got.bundle.key)
    left_out, seal = len(got.left_out) or None, trust.signer(got.seal) or None
    return redirect(url_for("studio.show", key=got.bundle.key, utelatt=left_out, segl=seal), 303)


@blueprint.post("/prosesser/innstillinger")
@sends(SetStudioSetting)
def settings() -> Response:
    """What holds for every process here."""
    send(SetStudioSetting("two_persons", request.form.get("two_persons") == "yes"), once=True)
    return redirect(url_for("studio.index", _anchor="innstillinger"), 303)


@blueprint.post("/prosesser/kopi")
@sends(BeginDraft)
def copy() -> ResponseReturnValue:
    """A new process, a copy of another or an empty one. Without a key of its own it gets one from its title."""
    title = request.form.get("title", "").strip()
    key = request.form.get("key", "").strip() or drafts.key_from(title)
    application = view.application()
    with application.db.read() as connection:
        wanted = request.form.get("source", "")
        source = deployed(connection, wanted) if wanted else None
        known = [d.bundle.metadata.get("office") for d in application.library.every_newest(connection)]
    ours = {"orgno": application.settings.organisation_number, "name": application.settings.organisation_name}
    office = next((office for office in known if office), ours)
    if not KEY.fullmatch(key) or not title or len(title) > 80:
        return page((view.t("studio.key_wrong"),))
    bundle = drafts.renamed(source.bundle, key, title) if source else blank(key, title, office)
    try:
        send(BeginDraft(bundle, new=True))
    except (AlreadyDone, DraftConflict):
        return page((view.t("studio.key_taken", name=key),))
    return redirect(url_for("studio.show", key=key), 303)


@blueprint.post("/prosesser/<key>/utkast")
@sends(BeginDraft)
def edit(key: str) -> Response:
    """Begin the next version of a process as a draft, from the version in use or from an older one."""
    application = view.application()
    wanted = request.form.get("version", "")
    with application.db.read() as connection:
        versions = {str(v.version): v for v in application.library.versions(connection, key)}
        source = versions.get(wanted) or deployed(connection, key)
    with suppress(DraftConflict):  # a draft that is there already is the one to go on with
        send(BeginDraft(source.bundle))
    return redirect(url_for("studio.show", key=key), 303)
