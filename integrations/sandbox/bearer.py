"""What every stand-in does with a token before it answers: signature, life, scope and, where asked, the consent."""

from __future__ import annotations

import time
from typing import Any

from flask import abort, current_app, request
from joserfc.errors import JoseError

from integrations.sandbox import keys


def require(scope: str, *, header: str = "Authorization") -> dict[str, Any]:
    """The claims of the caller's token, or 401 / 403."""
    text = request.headers.get(header, "").removeprefix("Bearer ")
    try:
        claims = keys.read(text, keys.key(current_app.config["SANDBOX_DATA"]))
    except (JoseError, ValueError):
        abort(401)
    if claims.get("exp", 0) < time.time():
        abort(401)
    if scope not in str(claims.get("scope", "")).split():
        return abort(403)
    return claims


def require_consent(
    scope: str, resource: str, pid: str, *, header: str = "Authorization", **parameters: str
) -> dict[str, Any]:
    """A token whose consent comes from *pid* and covers *resource*, with the *parameters* its text told of."""
    claims = require(scope, header=header)
    for detail in claims.get("authorization_details", ()):
        covers = any(
            one["value"] == resource and parameters.items() <= right.get("metadata", {}).items()
            for right in detail["consentRights"]
            for one in right["resource"]
        )
        if covers and detail["from"].endswith(f":{pid}"):
            return claims
    return abort(403)
