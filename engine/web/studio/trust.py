"""Godkjente hus: whose bundles are trusted, with the key of each, and our own key to give to others."""

from __future__ import annotations

import json

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.studio import studio_settings, trusted_issuers
from engine.studio.bundle_signature import Seal, signing_key
from engine.studio.commands import DistrustIssuer, EnterIssuerKey, SetStudioSetting, StudioCommand, TrustIssuer
from engine.web.shared import view
from engine.web.shared.commands import send, sends
from engine.web.studio.session import blueprint


@blueprint.get("/prosesser/godkjente-hus")
def trusted() -> ResponseReturnValue:
    return trust_page(None)


def trust_page(refused: trusted_issuers.KeyRefused | None) -> ResponseReturnValue:
    application = view.application()
    with application.db.read() as connection:
        every = trusted_issuers.every(connection)
        two = studio_settings.get(connection, studio_settings.TWO_PERSONS)
        only = studio_settings.get(connection, studio_settings.ONLY_TRUSTED)
        requested = studio_settings.get(connection, studio_settings.ASKED)
    submitted = request.form.to_dict() if refused else {}
    if refused and refused.key == "trust.private":
        submitted.pop("jwk", None)  # not ours to show
    own = signing_key(application.settings.client_key)
    public = {k: v for k, v in own.as_dict(private=False).items() if k in ("kty", "n", "e")} if own else None
    body = render_template(
        "studio_trust.html",
        issuers=every,
        two=two,
        only=only,
        requested=requested.get("only_trusted", ""),
        own=json.dumps(public, sort_keys=True) if public else "",
        own_thumbprint=own.thumbprint() if own else "",
        error=view.t(refused.key) if refused else "",
        error_field=refused.field if refused else "",
        submitted=submitted,
    )
    return (body, 422) if refused else body


@blueprint.post("/prosesser/godkjente-hus")
@sends(EnterIssuerKey, TrustIssuer, DistrustIssuer, SetStudioSetting)
def change_trust() -> ResponseReturnValue:
    """Enter a key, agree to one a colleague has entered, take one out, or choose whether others are refused."""
    command = _pressed()
    if command is not None:
        try:
            send(command, once=True)
        except trusted_issuers.KeyRefused as refused:
            return trust_page(refused)
    return redirect(url_for("studio.trusted"), 303)


def _pressed() -> StudioCommand | None:
    """What the button that was pressed asks for."""
    form = request.form
    act, thumbprint = form.get("act", ""), form.get("thumbprint", "")
    if act == "enter":
        return EnterIssuerKey(form.get("name", ""), form.get("jwk", ""))
    if act == "agree":
        return TrustIssuer(thumbprint)
    if act == "remove":
        return DistrustIssuer(thumbprint)
    if act == "only":
        return SetStudioSetting("only_trusted", form.get("only_trusted") == "yes")
    return None


def signer(seal: Seal | None) -> str:
    """Who signed what was uploaded: this installation, another (by the thumbprint of its key), or nobody."""
    if seal is None or not seal.thumbprint:
        return "ingen"
    own = signing_key(view.application().settings.client_key)
    return "her" if own is not None and own.thumbprint() == seal.thumbprint else seal.thumbprint


def refused(seal: Seal | None) -> str:
    """Why a bundle is not taken where only those of trusted organisations are; "" when it is."""
    with view.application().db.read() as connection:
        if not studio_settings.get(connection, studio_settings.ONLY_TRUSTED):
            return ""
        known = trusted_issuers.names(connection)
    who = signer(seal)
    if who == "her" or who in known:
        return ""
    return view.t("trust.refused_unsigned" if who == "ingen" else "trust.refused_unknown", thumbprint=who)
