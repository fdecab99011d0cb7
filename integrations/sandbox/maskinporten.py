"""Maskinporten of the sandbox: the JWT grant, consent tokens, the documented error codes."""

from __future__ import annotations

import time
from typing import Any

from flask import Blueprint, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from joserfc.errors import JoseError

from integrations.sandbox import keys
from integrations.sandbox.altinn_consent import find

blueprint = Blueprint("maskinporten", __name__, url_prefix="/maskinporten")

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LIFE = 120
_used: dict[str, float] = {}


def issuer() -> str:
    return f"{current_app.config['SANDBOX_URL']}/maskinporten/"


def _error(code: str, text: str, error: str = "invalid_grant") -> ResponseReturnValue:
    return jsonify(error=error, error_description=f"{code}: {text}"), 400


@blueprint.get("/.well-known/oauth-authorization-server")
def metadata() -> ResponseReturnValue:
    return jsonify(
        issuer=issuer(),
        token_endpoint=f"{issuer()}token",
        jwks_uri=f"{issuer()}jwk",
        grant_types_supported=[GRANT],
        token_endpoint_auth_methods_supported=["private_key_jwt"],
        authorization_details_types_supported=["urn:altinn:systemuser", "urn:altinn:consent"],
    )


@blueprint.get("/jwk")
def jwk() -> ResponseReturnValue:
    return jsonify(keys.jwks(current_app.config["SANDBOX_DATA"]))


@blueprint.post("/token")
def token() -> ResponseReturnValue:
    if request.form.get("grant_type") != GRANT:
        return _error("MP-011", "unsupported grant_type", "invalid_request")
    try:
        claims = keys.read(request.form.get("assertion", ""), current_app.config["CLIENT_KEY"])
    except (JoseError, ValueError):
        return _error("MP-124", "invalid signature")
    if claims.get("iss") != current_app.config["MACHINE_CLIENT"]:
        return _error("MP-100", "client not found", "invalid_client")
    if claims.get("aud") != issuer():
        return _error("MP-110", "invalid audience")
    if claims.get("exp", 0) < time.time() or claims["exp"] - claims.get("iat", 0) > 120:
        return _error("MP-130", "expired or too long-lived grant")
    if claims.get("jti") in _used:
        return _error("MP-012", "grant already used")
    _used[claims["jti"]] = claims["exp"]
    if not claims.get("scope"):
        return _error("MP-200", "no scope", "invalid_scope")
    granted: dict[str, Any] = {
        "iss": issuer(),
        "client_id": claims["iss"],
        "client_amr": "private_key_jwt",
        "scope": claims["scope"],
        "token_type": "Bearer",
        "consumer": {"authority": "iso6523-actorid-upis", "ID": f"0192:{current_app.config['CLIENT_ORGNO']}"},
    }
    for detail in claims.get("authorization_details", ()):
        if detail.get("type") != "urn:altinn:consent":
            return _error("MP-301", "unknown type")
        consent = find(str(detail.get("id", "")))
        if consent is None or consent["from"] != detail.get("from") or consent["status"] != "Accepted":
            return _error("MP-303", "no such valid consent")
        granted["authorization_details"] = [
            {
                "type": "urn:altinn:consent",
                "id": consent["id"],
                "from": consent["from"],
                "to": granted["consumer"],
                "consented": consent["consented"],
                "validTo": consent["validTo"],
                "consentRights": consent["consentRights"],
            }
        ]
    signed = keys.sign(current_app.config["SANDBOX_DATA"], granted, LIFE)
    return jsonify(access_token=signed, token_type="Bearer", expires_in=LIFE - 1, scope=claims["scope"])
