"""A bundle on its way between installations: what it is, its checksum and who signed it, in one file beside the rest.

``ibalanse-bundle.json``::

    {"ibalanse": "bundle", "format": 1, "key", "version", "checksum", "from", "at", "publicKey", "signature"}

The signature (JWS, RS256) covers everything but itself and the key. A bundle that was changed on the way, or whose
signature does not hold, is refused; one of a newer format too. One without the file comes in as it always did, and
the page says that nobody signed it.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from engine.workflow.definitions.bundle import MANIFEST, Bundle

FORMAT = 1
_SIGNED = ("ibalanse", "format", "key", "version", "checksum", "from", "at")


class SignatureError(Exception):
    """``key`` names the sentence that says why the bundle is not taken."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key, self.values = key, values


@dataclass(frozen=True, slots=True)
class Seal:
    """Who sent a bundle. ``thumbprint`` of the key it was signed with (RFC 7638), "" when it was not."""

    sender: str
    thumbprint: str


def signing_key(path: Path) -> RSAKey | None:
    """The installation's own key, where it has one."""
    return RSAKey.import_key(json.loads(path.read_text())) if path.is_file() else None


def sealed(bundle: Bundle, version: int, sender: str, at: datetime, key: RSAKey | None) -> bytes:
    """The bundle as a zip with its seal. ``version`` 0 is a draft."""
    manifest: dict[str, Any] = {
        "ibalanse": "bundle",
        "format": FORMAT,
        "key": bundle.key,
        "version": version,
        "checksum": bundle.checksum,
        "from": sender,
        "at": at.isoformat(),
    }
    if key is not None:
        public = {k: v for k, v in key.as_dict(private=False).items() if k in ("kty", "n", "e", "kid")}
        manifest["publicKey"] = public
        manifest["signature"] = jws.serialize_compact({"alg": "RS256"}, _payload(manifest), key)
    buffer = io.BytesIO(bundle.pack())
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(MANIFEST, (1980, 1, 1, 0, 0, 0)), json.dumps(manifest, indent=2))
    return buffer.getvalue()


def check(manifest: object, bundle: Bundle) -> Seal:
    """Check a seal. Raises ``SignatureError``."""
    if not isinstance(manifest, dict) or manifest.get("ibalanse") != "bundle":
        raise SignatureError("seal.unknown")
    number = manifest.get("format")
    if not isinstance(number, int) or number > FORMAT:
        raise SignatureError("seal.newer", format=str(number)[:20], known=FORMAT)
    if manifest.get("checksum") != bundle.checksum or manifest.get("key") != bundle.key:
        raise SignatureError("seal.changed")
    sender = str(manifest.get("from", ""))[:80]
    if "signature" not in manifest:
        return Seal(sender, "")
    try:
        key = RSAKey.import_key(manifest["publicKey"])
        found = jws.deserialize_compact(str(manifest["signature"]), key, algorithms=["RS256"])
    except (JoseError, ValueError, TypeError, KeyError):
        raise SignatureError("seal.signature") from None
    if found.payload != _payload(manifest):
        raise SignatureError("seal.signature")
    return Seal(sender, key.thumbprint())


def _payload(manifest: Mapping[str, Any]) -> bytes:
    return json.dumps({name: manifest.get(name) for name in _SIGNED}, sort_keys=True, separators=(",", ":")).encode()
