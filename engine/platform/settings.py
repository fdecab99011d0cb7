"""Every setting, read once from the environment.

In development the defaults point at the sandbox and secrets are made in the
data directory. In production (``IBALANSE_ENV=production``) every secret and
issuer must be given, and what is unsafe is refused.

A setting more is a field of ``Settings`` and its line in ``from_env``, with a refusal in ``_check_production`` where
its default is right in development only; one that operators
set is told in ``docs/operations.md``.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

#: What a setting of a provider ends in: where it answers, what the one there is called, our secret with it.
_PROVIDER = re.compile(r"[A-Z][A-Z0-9_]*_(URL|NAME|CLIENT_SECRET|INSTITUTIONS)")
#: The sandbox's own, used where nothing is set. Refused in production, as sample keys are.
SAMPLES = {
    "BANK_NAME": "Eksempelbanken",
    "DSOP_NAME": "Eksempelbanken",
    "GJELDSREGISTER_CLIENT_SECRET": "sample-secret",
}

_INSTITUTION = re.compile(r"[a-z][a-z0-9]{0,30}")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,40}")


class SettingsError(Exception):
    """A setting is missing or unsafe; the text names it and says what to do."""


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """One OpenID provider and our registration with it.

    acr  lowest level accepted at login, in the issuer's own words
    """

    issuer: str
    client_id: str
    acr: str


@dataclass(frozen=True, slots=True)
class MaskinportenSettings:
    issuer: str
    client_id: str


@dataclass(frozen=True, slots=True)
class CallTarget:
    """An address that processes may call. ``scope``: what a token from Maskinporten must hold, "" for no token."""

    url: str
    title: str
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Institution:
    """One of several behind a source, beside the one at ``<PROVIDER>_URL``: another bank, another debt register.

    id    part of its data sets' ids, which are stored: it never changes
    name  what it is called on pages
    url, token_url  where it answers, and gives tokens where it gives its own
    """

    id: str
    name: str
    url: str
    token_url: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What differs between installations.

    data_dir       where the SQLite file, keys and sockets lie
    redis_url      "" = our own child on a unix socket
    organisation   our organisation number (receiver of consents) and name
    client_key     private key (JWK JSON file) we sign client assertions and grants with
    secret_keys    cookie and token secrets, newest first
    data_keys      envelope keys, id → 32 bytes; ``data_key_id`` is the one new writes use
    metrics_port   where ``/metrics`` answers, on this machine only; 0 = nowhere
    provider_values  settings of providers as given: ``BANK_URL``, ``BANK_NAME``, ``GJELDSREGISTER_CLIENT_SECRET`` …
    lookup_key     HMAC key for finding a person by national identity number
    callouts       what the job ``call_out`` may call, by the name diagrams use
    """

    environment: str
    data_dir: Path
    database_url: str
    redis_url: str
    base_url: str
    sandbox_url: str
    organisation_number: str
    organisation_name: str
    idporten: OidcSettings
    ansattporten: OidcSettings
    maskinporten: MaskinportenSettings
    altinn_url: str
    provider_values: Mapping[str, str] = field(repr=False)
    callouts: Mapping[str, CallTarget]
    client_key: Path
    secret_keys: tuple[str, ...]
    data_keys: Mapping[str, bytes]
    data_key_id: str
    lookup_key: bytes
    workers: int
    web_workers: int
    web_threads: int
    trusted_proxies: int
    metrics_port: int
    fail_point: str

    @property
    def sandbox_clock(self) -> Path:
        """The file that says how far the sandbox's clock is moved. Not read in production."""
        return self.data_dir / "sandbox" / "clock"

    @property
    def production(self) -> bool:
        return self.environment == "production"

    def provider_url(self, provider: str) -> str:
        """Where a provider answers: ``<PROVIDER>_URL``, else in the sandbox."""
        return self.provider_values.get(f"{provider.upper()}_URL", f"{self.sandbox_url}/{provider}").rstrip("/")

    def provider_token_url(self, provider: str) -> str:
        """Where a provider gives tokens of its own: ``<PROVIDER>_TOKEN_URL``, else beside its answers."""
        beside = f"{self.provider_url(provider)}/oauth2/token"
        return self.provider_values.get(f"{provider.upper()}_TOKEN_URL", beside)

    def institutions(self, provider: str) -> tuple[Institution, ...]:
        """Who else answers as a provider does: ``<PROVIDER>_INSTITUTIONS``, a JSON list. Raises ``SettingsError``."""
        setting = f"{provider.upper()}_INSTITUTIONS"
        try:
            entries = json.loads(self.provider_values.get(setting, "[]"))
            found = tuple(
                Institution(
                    str(one["id"]),
                    str(one["name"]),
                    str(one["url"]).rstrip("/"),
                    str(one.get("token_url") or f"{str(one['url']).rstrip('/')}/oauth2/token"),
                )
                for one in entries
            )
        except (ValueError, AttributeError, KeyError, TypeError):
            raise SettingsError(f'{setting} must be JSON: [{{"id": …, "name": …, "url": …, "token_url": …}}]') from None
        for one in found:
            if not _INSTITUTION.fullmatch(one.id) or not one.name.strip():
                raise SettingsError(f"{setting}: {one.id!r} needs a name, and an id of small letters and digits")
            for url in (one.url, one.token_url):
                parts = urlsplit(url)
                allowed = ("https",) if self.production else ("https", "http")
                if parts.scheme not in allowed or not parts.hostname or "@" in parts.netloc:
                    raise SettingsError(f"{setting}: {one.id!r} needs a whole https address")
        if len({one.id for one in found}) != len(found):
            raise SettingsError(f"{setting} names an institution twice")
        return found

    def provider_name(self, provider: str) -> str:
        """What the one behind a provider's address is called: ``<PROVIDER>_NAME``. Raises ``SettingsError``."""
        return self._of_provider(f"{provider.upper()}_NAME")

    def provider_secret(self, provider: str) -> str:
        """Our secret with a provider: ``<PROVIDER>_CLIENT_SECRET``. Raises ``SettingsError``."""
        return self._of_provider(f"{provider.upper()}_CLIENT_SECRET")

    def _of_provider(self, setting: str) -> str:
        sample = SAMPLES.get(setting, "")
        value = self.provider_values.get(setting, "" if self.production else sample)
        if not value or (self.production and value == sample):
            raise SettingsError(f"{setting} must be set to the provider's own; see docs/operations.md")
        return value

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read the environment; development secrets are created in the data directory when absent."""
        env = os.environ if env is None else env
        environment = env.get("IBALANSE_ENV", "development")
        if environment not in ("development", "test", "production"):
            raise SettingsError("IBALANSE_ENV must be development, test or production")
        data_dir = Path(env.get("IBALANSE_DATA", "var")).resolve()
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        sandbox = env.get("IBALANSE_SANDBOX_URL", "http://localhost:8001").rstrip("/")
        keys = _secrets(env, data_dir, environment)
        settings = cls(
            environment=environment,
            data_dir=data_dir,
            database_url=env.get("DATABASE_URL", f"sqlite:///{data_dir / 'ibalanse.db'}"),
            redis_url=env.get("REDIS_URL", ""),
            base_url=env.get("IBALANSE_BASE_URL", "http://localhost:8000").rstrip("/"),
            sandbox_url=sandbox,
            organisation_number=env.get("IBALANSE_ORGNO", "310478717"),
            organisation_name=env.get("IBALANSE_ORG_NAME", "iBalanse"),
            idporten=OidcSettings(
                env.get("IDPORTEN_ISSUER", f"{sandbox}/idporten"),
                env.get("IDPORTEN_CLIENT_ID", "ibalanse-citizens"),
                env.get("IDPORTEN_ACR", "idporten-loa-high"),
            ),
            ansattporten=OidcSettings(
                env.get("ANSATTPORTEN_ISSUER", f"{sandbox}/ansattporten"),
                env.get("ANSATTPORTEN_CLIENT_ID", "ibalanse-staff"),
                env.get("ANSATTPORTEN_ACR", "high"),
            ),
            maskinporten=MaskinportenSettings(
                env.get("MASKINPORTEN_ISSUER", f"{sandbox}/maskinporten/"),
                env.get("MASKINPORTEN_CLIENT_ID", "ibalanse-machine"),
            ),
            altinn_url=env.get("ALTINN_URL", f"{sandbox}/altinn").rstrip("/"),
            provider_values={name: value for name, value in env.items() if _PROVIDER.fullmatch(name) and value},
            callouts=callouts(env, sandbox, environment),
            client_key=Path(env.get("IBALANSE_CLIENT_KEY", data_dir / "client-key.json")),
            secret_keys=tuple(keys["secret_keys"]),
            data_keys={name: bytes.fromhex(value) for name, value in keys["data_keys"].items()},
            data_key_id=keys["data_key_id"],
            lookup_key=bytes.fromhex(keys["lookup_key"]),
            workers=_whole(env, "IBALANSE_WORKERS", 2),
            web_workers=_whole(env, "IBALANSE_WEB_WORKERS", 2),
            web_threads=_whole(env, "IBALANSE_WEB_THREADS", 4),
            trusted_proxies=_whole(env, "IBALANSE_TRUSTED_PROXIES", 0),
            metrics_port=_whole(env, "IBALANSE_METRICS_PORT", 0),
            fail_point=env.get("IBALANSE_FAIL_POINT", ""),
        )
        if settings.production:
            _check_production(settings, env)
        return settings


def _whole(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name, str(default))
    if not text.isdigit():
        raise SettingsError(f"{name} must be a whole number, not {text!r}")
    return int(text)


def callouts(env: Mapping[str, str], sandbox: str, environment: str) -> dict[str, CallTarget]:
    """``IBALANSE_CALLOUTS``: JSON, name → {"url", "title", "scope"}. Outside production the sandbox offers one."""
    text = env.get("IBALANSE_CALLOUTS", "")
    if not text:
        own = CallTarget(f"{sandbox}/mottak/saker", "Sandkassens mottak", "ibalanse:mottak")
        return {} if environment == "production" else {"sandkasse": own}
    try:
        found = {
            name: CallTarget(str(entry["url"]), str(entry.get("title") or name), str(entry.get("scope") or ""))
            for name, entry in json.loads(text).items()
        }
    except (ValueError, AttributeError, KeyError, TypeError):
        raise SettingsError('IBALANSE_CALLOUTS must be JSON: {"name": {"url": …, "title": …, "scope": …}}') from None
    for name, target in found.items():
        parts = urlsplit(target.url)
        allowed = ("https",) if environment == "production" else ("https", "http")
        if parts.scheme not in allowed or not parts.hostname or "@" in parts.netloc or not _NAME.fullmatch(name):
            raise SettingsError(f"IBALANSE_CALLOUTS: {name!r} needs a plain name and a whole https address")
    return found


def _secrets(env: Mapping[str, str], data_dir: Path, environment: str) -> dict[str, Any]:
    """The key ring: from ``IBALANSE_KEYS`` (a JSON file), or made once in development."""
    path = Path(env.get("IBALANSE_KEYS", data_dir / "keys.json"))
    if not path.exists():
        if environment == "production":
            raise SettingsError("IBALANSE_KEYS must name a file with the key ring; see docs/operations.md")
        made = {
            "secret_keys": [secrets.token_urlsafe(48)],
            "data_keys": {"k1": secrets.token_hex(32)},
            "data_key_id": "k1",
            "lookup_key": secrets.token_hex(32),
            "sample": True,
        }
        temporary = path.with_suffix(f".{os.getpid()}")
        temporary.touch(mode=0o600)
        temporary.write_text(json.dumps(made))
        try:
            os.link(temporary, path)  # the first of several starters wins
        except FileExistsError:
            pass
        temporary.unlink()
    ring: dict[str, Any] = json.loads(path.read_text())
    if environment == "production" and ring.get("sample"):
        raise SettingsError("IBALANSE_KEYS holds keys made for development; make a ring of your own")
    return ring


def _check_production(settings: Settings, env: Mapping[str, str]) -> None:
    """Refuse what is only right in development."""
    urls = (settings.base_url, settings.idporten.issuer, settings.ansattporten.issuer, settings.altinn_url)
    if any(not url.startswith("https://") for url in urls):
        raise SettingsError("production needs https for IBALANSE_BASE_URL, the issuers and ALTINN_URL")
    if "IBALANSE_SANDBOX_URL" in env:
        raise SettingsError("production does not use the sandbox: unset IBALANSE_SANDBOX_URL")
    if settings.fail_point:
        raise SettingsError("fail points are for tests: unset IBALANSE_FAIL_POINT")
