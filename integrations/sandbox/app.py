"""The sandbox as one web application: log-in, tokens, consent, and a stand-in per source."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, render_template

from engine.platform.clock import SandboxClock
from engine.platform.settings import Settings
from integrations import client_key
from integrations.bank import standin as bank
from integrations.brreg import standin as brreg
from integrations.domstol import standin as domstol
from integrations.dsop import standin as dsop
from integrations.folkeregisteret import standin as folkeregisteret
from integrations.gjeldsregister import standin as gjeldsregister
from integrations.inkasso import standin as inkasso
from integrations.kartverket import standin as kartverket
from integrations.lanekassen import standin as lanekassen
from integrations.nav import standin as nav
from integrations.sandbox import altinn_consent, altinn_events, callout, clock, faults, maskinporten, oidc
from integrations.skatteetaten import standin as skatteetaten


def create_sandbox(settings: Settings) -> Flask:
    """The whole sandbox. Refused in production."""
    if settings.production:
        raise RuntimeError("the sandbox is not for production")
    app = Flask(__name__)
    data = settings.data_dir / "sandbox"
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    app.config.update(
        SANDBOX_DATA=data,
        CLOCK=SandboxClock(settings.sandbox_clock),
        SANDBOX_URL=settings.sandbox_url,
        CLIENT_URL=settings.base_url,
        CLIENT_KEY=client_key.load(settings.client_key, create=True),
        CLIENT_ORGNO=settings.organisation_number,
        MACHINE_CLIENT=settings.maskinporten.client_id,
    )
    for provider in (
        oidc.Provider("idporten", "ID-porten", "idporten-loa-", settings.idporten.client_id),
        oidc.Provider("ansattporten", "Ansattporten", "", settings.ansattporten.client_id),
    ):
        app.register_blueprint(oidc.blueprint(provider))
    for module in (
        maskinporten,
        altinn_consent,
        altinn_events,
        callout,
        faults,
        folkeregisteret,
        bank,
        gjeldsregister,
        inkasso,
        lanekassen,
        skatteetaten,
        kartverket,
        brreg,
        nav,
        domstol,
        dsop,
        clock,
    ):
        app.register_blueprint(module.blueprint)

    @app.get("/")
    def index() -> Any:
        return render_template("index.html", sources=faults.SOURCES, kinds=faults.KINDS)

    client = urlsplit(settings.base_url)

    @app.after_request
    def secure(response: Response) -> Response:
        response.headers.setdefault(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
            f"form-action 'self' {client.scheme}://{client.netloc}",
        )
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return app
