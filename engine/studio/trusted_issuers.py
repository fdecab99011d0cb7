"""Organisations whose bundles are trusted: name and public key of each, stored as a setting of the studio.

Where two must agree on a publishing, they must agree on a key too: one enters it, another says yes. Until then a
bundle signed with it is as one from an organisation nobody knows. A key somebody entered alone, while that was
enough, waits for another as soon as two must agree.
"""

from __future__ import annotations

import base64
import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from sqlalchemy import Connection

from engine.studio import studio_settings
from engine.workflow.errors import Refusal

MAX_KEYS = 200
MAX_NAME = 80
_MIN_KEY_BITS = 2048


class KeyRefused(Refusal):
    """``key`` names the sentence that says why, ``field`` what it is about."""

    code = "key_refused"

    def __init__(self, key: str, field: str) -> None:
        super().__init__(key)
        self.key, self.field = key, field


@dataclass(frozen=True, slots=True)
class TrustedIssuer:
    """An organisation and its public key.

    thumbprint  of the key (RFC 7638);  ``jwk`` the public key as JSON
    entered_by, agreed_by  who entered it, and who said yes; "" while a second person is waited for
    trusted                whether what it signed is the organisation's
    """

    name: str
    thumbprint: str
    jwk: str
    entered_by: str
    agreed_by: str
    at: str
    trusted: bool


def every(connection: Connection) -> list[TrustedIssuer]:
    """Every key that was entered, also those a second person has not agreed to."""
    return _issuers(connection, studio_settings.get(connection, studio_settings.TRUSTED_KEYS))


def _held(connection: Connection) -> list[TrustedIssuer]:
    """The same, for one who changes them."""
    return _issuers(connection, studio_settings.held(connection, studio_settings.TRUSTED_KEYS))


def _issuers(connection: Connection, rows: list[dict[str, str]]) -> list[TrustedIssuer]:
    two = studio_settings.get(connection, studio_settings.TWO_PERSONS)
    return [
        TrustedIssuer(**one, trusted=one["agreed_by"] not in ("", one["entered_by"] if two else "")) for one in rows
    ]


def names(connection: Connection) -> dict[str, str]:
    """Thumbprint → name, of the organisations that are trusted."""
    return {issuer.thumbprint: issuer.name for issuer in every(connection) if issuer.trusted}


def enter(connection: Connection, name: str, text: str, by: str, now: datetime) -> TrustedIssuer:
    """Take a key in. Raises ``KeyRefused``."""
    name = name.strip()
    if not name:
        raise KeyRefused("trust.name_missing", "name")
    if len(name) > MAX_NAME:
        raise KeyRefused("edit.too_long", "name")
    public, thumbprint = _read(text)
    there = _held(connection)
    if any(issuer.thumbprint == thumbprint for issuer in there) or len(there) >= MAX_KEYS:
        raise KeyRefused("trust.there", "jwk")
    two = studio_settings.get(connection, studio_settings.TWO_PERSONS)
    entered = TrustedIssuer(name, thumbprint, public, by, "" if two else by, now.isoformat(), trusted=not two)
    _write(connection, [*there, entered], by, now)
    return entered


def agree(connection: Connection, thumbprint: str, by: str, now: datetime) -> TrustedIssuer | None:
    """Say yes to a key another has entered; ``None`` where there is nothing to say yes to. Raises ``KeyRefused``."""
    there = _held(connection)
    found = next((issuer for issuer in there if issuer.thumbprint == thumbprint), None)
    if found is None or found.trusted:
        return None
    if found.entered_by == by:
        raise KeyRefused("trust.own", "")
    agreed = replace(found, agreed_by=by)
    _write(connection, [agreed if issuer is found else issuer for issuer in there], by, now)
    return agreed


def remove(connection: Connection, thumbprint: str, by: str, now: datetime) -> TrustedIssuer | None:
    """Trust a key no longer; what came in with it stays. Returns what was taken out, ``None`` where nothing was."""
    there = _held(connection)
    gone = next((issuer for issuer in there if issuer.thumbprint == thumbprint), None)
    if gone is not None:
        _write(connection, [issuer for issuer in there if issuer is not gone], by, now)
    return gone


def _write(connection: Connection, issuers: list[TrustedIssuer], by: str, now: datetime) -> None:
    rows = [{name: value for name, value in asdict(issuer).items() if name != "trusted"} for issuer in issuers]
    studio_settings.save(connection, studio_settings.TRUSTED_KEYS, rows, by, now)


def _read(text: str) -> tuple[str, str]:
    """The public part of a key and its thumbprint. A private key is refused: it is not ours to have."""
    try:
        jwk = json.loads(text)
        if not isinstance(jwk, dict) or jwk.get("kty") != "RSA":
            raise KeyRefused("trust.not_key", "jwk")
        if "d" in jwk:
            raise KeyRefused("trust.private", "jwk")
        modulus = base64.urlsafe_b64decode(jwk["n"] + "==")
        if int.from_bytes(modulus, "big").bit_length() < _MIN_KEY_BITS:
            raise KeyRefused("trust.small", "jwk")
        key = RSAKey.import_key({part: jwk[part] for part in ("kty", "n", "e")})
    except (JoseError, ValueError, TypeError, KeyError, RecursionError):
        raise KeyRefused("trust.not_key", "jwk") from None
    return json.dumps(key.as_dict(private=False), sort_keys=True), key.thumbprint()
