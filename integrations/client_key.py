"""Our private key for client assertions and grants (RFC 7523). In development it is made once."""

from __future__ import annotations

import json
import os
import secrets
import time
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey


def load(path: Path, *, create: bool) -> RSAKey:
    """The key in *path* (a JWK); made when absent and *create* allows."""
    if not path.exists() and create:
        key = RSAKey.generate_key(2048, {"kid": secrets.token_urlsafe(8), "use": "sig", "alg": "RS256"})
        temporary = path.with_suffix(f".{os.getpid()}")
        temporary.touch(mode=0o600)
        temporary.write_text(json.dumps(key.as_dict(private=True)))
        try:
            os.link(temporary, path)
        except FileExistsError:
            pass
        temporary.unlink()
    return RSAKey.import_key(json.loads(path.read_text()))


def sign(key: RSAKey, claims: dict[str, Any], seconds: int = 60) -> str:
    """A signed JWT with iat, exp and jti added."""
    now = int(time.time())
    body = {"iat": now, "exp": now + seconds, "jti": secrets.token_urlsafe(16), **claims}
    return jwt.encode({"alg": "RS256", "kid": key.kid}, body, key)
