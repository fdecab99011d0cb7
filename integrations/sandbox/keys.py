"""The sandbox's signing key, kept in its data directory so that a restart breaks no session."""

from __future__ import annotations

import secrets
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from integrations import client_key


@lru_cache(maxsize=8)
def key(directory: Path) -> RSAKey:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return client_key.load(directory / "sandbox-key.json", create=True)


def jwks(directory: Path) -> dict[str, Any]:
    return {"keys": [key(directory).as_dict(private=False)]}


def sign(directory: Path, claims: dict[str, Any], seconds: int) -> str:
    now = int(time.time())
    body = {"iat": now, "exp": now + seconds, "jti": secrets.token_urlsafe(12), **claims}
    signing = key(directory)
    return jwt.encode({"alg": "RS256", "kid": signing.kid}, body, signing)


def read(token: str, public: RSAKey) -> dict[str, Any]:
    """The claims of a token signed with *public*'s private half. Raises ``joserfc.errors.JoseError``."""
    return dict(jwt.decode(token, KeySet([public]), algorithms=["RS256"]).claims)
