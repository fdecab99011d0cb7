"""The sandbox as one web application: log-in, tokens, consent, and a stand-in per source."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from urllib.parse import urlsplit

from flask import Flask, Response, render_template
from flask.typing import ResponseReturnValue

from engine.platform.clock import SandboxClock
from engine.platform.settings import Settings
from integrations import client_key
from integrations.domstol import standin as domstol
from integrations.folkeregisteret import standin as folkeregisteret
from integrations.sandbox import (
    altinn_consent,
    altinn_events,
    altinn_notifications,
    callout,
    clock,
    faults,
    maskinporten,
    oidc,
)
from integrations.wiring import PROVIDERS


def create_sandbox(settings: Settings, providers: Sequence[str] = PROVIDERS) -> Flask:
    """The whole sandbox, with the stand-in of every provider. Refused in production."""
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
        SETTINGS=settings,
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
        altinn_notifications,
        callout,
        faults,
        folkeregisteret,
        domstol,
        clock,
        *(import_module(f"{package}.standin") for package in providers),
    ):
        app.register_blueprint(module.blueprint)

    @app.get("/")
    def index() -> ResponseReturnValue:
        return render_template("index.html", sources=sorted(faults.sources), kinds=faults.KINDS)

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
