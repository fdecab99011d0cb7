"""The settings of an installation: one typed class, read once from the environment.

In development the defaults point at the sandbox and secrets are made in the data directory. In production
(``IBALANSE_ENV=production``) every secret and issuer must be given, and what is unsafe is refused.

A setting more is a field of ``Settings`` made by ``variable``, and a line in ``_check_production`` where its default
is right in development only. ``docs/settings.md`` is written from the fields: ``ibalanse settings --markdown``.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic.config import JsonDict
from pydantic_settings import BaseSettings, EnvSettingsSource, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

#: What a setting of a provider ends in: where it answers, what the one there is called, our secret with it.
PROVIDER_ENDINGS = ("CLIENT_SECRET", "INSTITUTIONS", "TOKEN_URL", "NAME", "URL")
_PROVIDER = re.compile(rf"[A-Z][A-Z0-9_]*_({'|'.join(PROVIDER_ENDINGS)})")
_SECRET = "_CLIENT_SECRET"  # noqa: S105  the end of a name
PAGE = "docs/settings.md"
#: The sandbox's own, used where nothing is set. Refused in production, as sample keys are.
SAMPLES = {
    "BANK_NAME": "Eksempelbanken",
    "DSOP_NAME": "Eksempelbanken",
    "GJELDSREGISTER_CLIENT_SECRET": "sample-secret",
}
ENVIRONMENTS = ("development", "test", "production")

_INSTITUTION = re.compile(r"[a-z][a-z0-9]{0,30}")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,40}")


class SettingsError(Exception):
    """A setting is missing or unsafe; the text names it, says what to do and where it is described."""


def refusal(variable: str, text: str) -> SettingsError:
    """``IBALANSE_WORKERS: must be a whole number …``, with the place on the page of settings."""
    return SettingsError(f"{variable}: {text}; see {PAGE}#{anchor(variable)}")


def anchor(variable: str) -> str:
    """The heading a variable is described under: its own, or that of its kind for one of a provider."""
    if variable not in variables():
        ending = next((ending for ending in PROVIDER_ENDINGS if variable.endswith(f"_{ending}")), "")
        if ending:
            return f"provider_{ending.lower()}"
    return variable.lower()


def variables() -> dict[str, str]:
    """Every environment variable with the field it sets, in the order of the page."""
    return {str(field.validation_alias): name for name, field in Settings.model_fields.items() if field.description}


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


_Keys = TypeVar("_Keys", dict[str, SecretStr], SecretStr)


class KeyRing(BaseModel):
    """The secrets in the file ``IBALANSE_KEYS`` names.

    secret_keys  cookie and token secrets, newest first
    data_keys    envelope keys, id → 32 bytes as hexadecimal digits; ``data_key_id`` is the one new writes use
    lookup_key   HMAC key for finding a person by national identity number, hexadecimal digits
    sample       made for development; production refuses it
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    secret_keys: tuple[SecretStr, ...] = Field(min_length=1)
    data_keys: dict[str, SecretStr] = Field(min_length=1)
    data_key_id: str
    lookup_key: SecretStr
    sample: bool = False

    @field_validator("data_keys", "lookup_key")
    @classmethod
    def _hexadecimal(cls, value: _Keys) -> _Keys:
        for key in value.values() if isinstance(value, dict) else (value,):
            bytes.fromhex(key.get_secret_value())
        return value


def _whole(value: object) -> int:
    text = str(value)
    if not text.isdigit():
        raise ValueError(f"must be a whole number, not {text!r}")
    return int(text)


def _one_of_environments(value: str) -> str:
    if value not in ENVIRONMENTS:
        raise ValueError(f"must be {', '.join(ENVIRONMENTS[:-1])} or {ENVIRONMENTS[-1]}")
    return value


Whole = Annotated[int, BeforeValidator(_whole)]
#: An address we put paths behind, without the slash at its end.
Address = Annotated[str, AfterValidator(lambda url: url.rstrip("/"))]


def variable(
    name: str,
    description: str,
    *,
    example: str,
    default: object = None,
    otherwise: Callable[[dict[str, Any]], object] | None = None,
    shown: str = "",
    unit: str = "",
    section: str = "",
) -> Any:
    """A field read from one environment variable, of the type the class says, as pydantic's own ``Field``.

    default, otherwise  what it is when nothing is set: a value, or made from the fields before it
    shown               the default in words, where it is made or empty
    unit                what a number counts
    section             the heading of the page that begins with this field
    """
    value: dict[str, Any] = {"default": default} if otherwise is None else {"default_factory": otherwise}
    more: JsonDict = {"default": shown or str(default), "unit": unit, "section": section}
    return Field(
        validation_alias=name,
        description=description,
        examples=[example],
        json_schema_extra=more,
        validate_default=True,
        **value,
    )


def _in_sandbox(path: str) -> Callable[[dict[str, Any]], str]:
    return lambda known: f"{known.get('sandbox_url', '')}/{path}"


class Settings(BaseSettings):
    """What differs between installations. Made by ``from_env``; ``repr`` shows no secret."""

    model_config = SettingsConfigDict(frozen=True, case_sensitive=True, extra="forbid", hide_input_in_errors=True)

    environment: Annotated[str, AfterValidator(_one_of_environments)] = variable(
        "IBALANSE_ENV",
        "What the installation is for: `development`, `test` or `production`. Production refuses sample keys, secrets "
        "and names, plain http and the sandbox.",
        default="development",
        example="production",
        section="The installation",
    )
    data_dir: Annotated[Path, AfterValidator(Path.resolve)] = variable(
        "IBALANSE_DATA",
        "The directory of the SQLite file, keys and sockets. It is made when it is not there, for its owner alone.",
        default="var",
        example="/var/lib/ibalanse",
    )
    sandbox_url: Address = variable(
        "IBALANSE_SANDBOX_URL",
        "Where the sandbox answers, which stands in for everybody outside. Refused in production.",
        default="http://localhost:8001",
        example="http://localhost:9001",
    )
    organisation_number: str = variable(
        "IBALANSE_ORGNO",
        "Organisation number of who runs the installation: the receiver of consents.",
        default="310478717",
        example="889640782",
    )
    organisation_name: str = variable(
        "IBALANSE_ORG_NAME", "Its name, as consents and letters show it.", default="iBalanse", example="Eks kommune"
    )
    keys_file: Path = variable(
        "IBALANSE_KEYS",
        "A JSON file with the key ring: `secret_keys`, `data_keys`, `data_key_id` and `lookup_key`. Made once in "
        "development; production needs one of its own ([operations](operations.md)).",
        otherwise=lambda known: known.get("data_dir", Path()) / "keys.json",
        shown="`keys.json` in the data directory",
        example="/etc/ibalanse/keys.json",
    )
    client_key: Path = variable(
        "IBALANSE_CLIENT_KEY",
        "A JSON file with the private key (JWK) that signs client assertions and grants.",
        otherwise=lambda known: known.get("data_dir", Path()) / "client-key.json",
        shown="`client-key.json` in the data directory",
        example="/etc/ibalanse/client-key.json",
    )
    database_url: str = variable(
        "DATABASE_URL",
        "Where the database is, as SQLAlchemy writes it: SQLite or PostgreSQL. Its password is never shown.",
        otherwise=lambda known: f"sqlite:///{known.get('data_dir', Path()) / 'ibalanse.db'}",
        shown="SQLite, `ibalanse.db` in the data directory",
        example="postgresql://ibalanse@db.internal/ibalanse",
        section="Database and queue",
    )
    redis_url: str = variable(
        "REDIS_URL",
        "A Redis or Valkey that wakes the workers. Its password is never shown.",
        default="",
        shown="a Valkey of our own, on a Unix socket",
        example="rediss://cache.internal:6379/0",
    )
    workers: Whole = variable(
        "IBALANSE_WORKERS", "Workers that `ibalanse serve` starts.", default=2, unit="processes", example="4"
    )
    base_url: Address = variable(
        "IBALANSE_BASE_URL",
        "The address people open, without a slash at its end; `serve` listens on its port. Production needs https.",
        default="http://localhost:8000",
        example="https://ibalanse.example",
        section="Web",
    )
    web_workers: Whole = variable(
        "IBALANSE_WEB_WORKERS", "Processes of the web server.", default=2, unit="processes", example="4"
    )
    web_threads: Whole = variable(
        "IBALANSE_WEB_THREADS", "Threads in each process of the web server.", default=4, unit="threads", example="8"
    )
    trusted_proxies: Whole = variable(
        "IBALANSE_TRUSTED_PROXIES",
        "How many proxies of ours stand in front; from so many the address of the caller is believed.",
        default=0,
        unit="proxies",
        example="1",
    )
    metrics_port: Whole = variable(
        "IBALANSE_METRICS_PORT",
        "Where Prometheus is answered, on this machine only; 0 is nowhere.",
        default=0,
        unit="TCP port",
        example="9464",
    )
    consent_reminder_days: Whole = variable(
        "IBALANSE_CONSENT_REMINDER_DAYS",
        "How long before the last day of a consent or mandate the citizen is told, and may renew it with one press.",
        default=14,
        unit="days",
        example="21",
    )
    idporten_issuer: str = variable(
        "IDPORTEN_ISSUER",
        "ID-porten, where citizens log in. Production needs https.",
        otherwise=_in_sandbox("idporten"),
        shown="`/idporten` in the sandbox",
        example="https://idporten.no",
        section="Log-in and Altinn",
    )
    idporten_client_id: str = variable(
        "IDPORTEN_CLIENT_ID", "Our registration with ID-porten.", default="ibalanse-citizens", example="1b2c-3d4e"
    )
    idporten_acr: str = variable(
        "IDPORTEN_ACR",
        "The lowest level of ID-porten that is accepted.",
        default="idporten-loa-high",
        example="idporten-loa-substantial",
    )
    ansattporten_issuer: str = variable(
        "ANSATTPORTEN_ISSUER",
        "Ansattporten, where staff log in. Production needs https.",
        otherwise=_in_sandbox("ansattporten"),
        shown="`/ansattporten` in the sandbox",
        example="https://ansattporten.no",
    )
    ansattporten_client_id: str = variable(
        "ANSATTPORTEN_CLIENT_ID", "Our registration with Ansattporten.", default="ibalanse-staff", example="5f6a-7b8c"
    )
    ansattporten_acr: str = variable(
        "ANSATTPORTEN_ACR",
        "The lowest level of Ansattporten that is accepted.",
        default="high",
        example="substantial",
    )
    maskinporten_issuer: str = variable(
        "MASKINPORTEN_ISSUER",
        "Maskinporten, which gives tokens for machines; with the slash at its end.",
        otherwise=_in_sandbox("maskinporten/"),
        shown="`/maskinporten/` in the sandbox",
        example="https://maskinporten.no/",
    )
    maskinporten_client_id: str = variable(
        "MASKINPORTEN_CLIENT_ID", "Our registration with Maskinporten.", default="ibalanse-machine", example="9d0e-1f2a"
    )
    altinn_url: Address = variable(
        "ALTINN_URL",
        "Altinn: consents, mandates and events. Production needs https.",
        otherwise=_in_sandbox("altinn"),
        shown="`/altinn` in the sandbox",
        example="https://platform.altinn.no",
    )
    callouts: Annotated[Mapping[str, CallTarget], NoDecode] = variable(
        "IBALANSE_CALLOUTS",
        "What the job `call_out` may call, a JSON object: the name diagrams use, then `url`, `title` and `scope` "
        "(what a token from Maskinporten must hold; empty for no token).",
        default="",
        shown="nothing; outside production an address in the sandbox",
        example='{"kommunen": {"url": "https://api.kommunen.example/saker", "title": "Kommunens fagsystem"}}',
    )
    fail_point: str = variable(
        "IBALANSE_FAIL_POINT",
        "A named place where the process is killed, after so many times. Refused in production.",
        default="",
        shown="nowhere",
        example="before_commit:3",
        section="Tests",
    )
    #: Settings of providers as given: ``BANK_URL``, ``BANK_NAME`` …, and their secrets apart.
    provider_values: Mapping[str, str] = Field({}, repr=False)
    provider_secrets: Mapping[str, SecretStr] = Field({}, repr=False)
    _key_ring: KeyRing = PrivateAttr()

    @field_validator("callouts", mode="before")
    @classmethod
    def _read_callouts(cls, text: object, info: ValidationInfo) -> dict[str, CallTarget]:
        return callouts(str(text), info.data.get("sandbox_url", ""), info.data.get("environment", ""))

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        *_: PydanticBaseSettingsSource,
        **_others: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What ``from_env`` hands over and nothing else: no file and no command line behind its back."""
        return (init_settings,)

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read the environment; development secrets are created in the data directory when absent.

        Raises ``SettingsError`` with a line for each setting that is refused.
        """
        env = os.environ if env is None else env
        source = EnvSettingsSource(cls, case_sensitive=True)
        source.env_vars = env
        ours = {name: value for name, value in env.items() if _PROVIDER.fullmatch(name) and value}
        secret = {name: SecretStr(value) for name, value in ours.items() if name.endswith(_SECRET)}
        plain = {name: value for name, value in ours.items() if name not in secret}
        try:
            return cls(**{**source(), "provider_values": plain, "provider_secrets": secret})
        except ValidationError as error:
            raise _refused(error) from None

    def model_post_init(self, _context: object) -> None:
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._key_ring = _read_key_ring(self.keys_file, self.environment)
        if self.production:
            _check_production(self)

    def __repr_args__(self) -> list[tuple[str | None, Any]]:
        """The fields, an address without its password."""
        return [
            (n, without_password(v) if n in ("database_url", "redis_url") else v) for n, v in super().__repr_args__()
        ]

    @property
    def production(self) -> bool:
        return self.environment == "production"

    @property
    def sandbox_clock(self) -> Path:
        """The file that says how far the sandbox's clock is moved. Not read in production."""
        return self.data_dir / "sandbox" / "clock"

    @property
    def idporten(self) -> OidcSettings:
        return OidcSettings(self.idporten_issuer, self.idporten_client_id, self.idporten_acr)

    @property
    def ansattporten(self) -> OidcSettings:
        return OidcSettings(self.ansattporten_issuer, self.ansattporten_client_id, self.ansattporten_acr)

    @property
    def maskinporten(self) -> MaskinportenSettings:
        return MaskinportenSettings(self.maskinporten_issuer, self.maskinporten_client_id)

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """Cookie and token secrets, newest first."""
        return tuple(key.get_secret_value() for key in self._key_ring.secret_keys)

    @property
    def data_keys(self) -> dict[str, bytes]:
        """Envelope keys, id → 32 bytes."""
        return {name: bytes.fromhex(key.get_secret_value()) for name, key in self._key_ring.data_keys.items()}

    @property
    def data_key_id(self) -> str:
        """The envelope key that new writes use."""
        return self._key_ring.data_key_id

    @property
    def lookup_key(self) -> bytes:
        """HMAC key for finding a person by national identity number."""
        return bytes.fromhex(self._key_ring.lookup_key.get_secret_value())

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
            raise refusal(setting, 'must be JSON: [{"id": …, "name": …, "url": …, "token_url": …}]') from None
        for one in found:
            if not _INSTITUTION.fullmatch(one.id) or not one.name.strip():
                raise refusal(setting, f"{one.id!r} needs a name, and an id of small letters and digits")
            if not all(_is_whole_address(url, self.environment) for url in (one.url, one.token_url)):
                raise refusal(setting, f"{one.id!r} needs a whole https address")
        if len({one.id for one in found}) != len(found):
            raise refusal(setting, "names an institution twice")
        return found

    def provider_name(self, provider: str) -> str:
        """What the one behind a provider's address is called: ``<PROVIDER>_NAME``. Raises ``SettingsError``."""
        name = f"{provider.upper()}_NAME"
        return self._of_provider(name, self.provider_values.get(name, ""))

    def provider_secret(self, provider: str) -> str:
        """Our secret with a provider: ``<PROVIDER>_CLIENT_SECRET``. Raises ``SettingsError``."""
        name = f"{provider.upper()}{_SECRET}"
        return self._of_provider(name, self.provider_secrets.get(name, SecretStr("")).get_secret_value())

    def _of_provider(self, setting: str, submitted: str) -> str:
        sample = SAMPLES.get(setting, "")
        value = submitted or ("" if self.production else sample)
        if not value or (self.production and value == sample):
            raise refusal(setting, "must be set to the provider's own")
        return value


def without_password(url: str) -> str:
    """An address as it may be shown."""
    parts = urlsplit(url)
    if not parts.password:
        return url
    user, host = parts.username or "", parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{user}:***@{host}"))


def callouts(text: str, sandbox: str, environment: str) -> dict[str, CallTarget]:
    """``IBALANSE_CALLOUTS``: JSON, name → {"url", "title", "scope"}. Outside production the sandbox offers one.

    Raises ``ValueError`` with what is wrong.
    """
    if not text:
        own = CallTarget(f"{sandbox}/mottak/saker", "Sandkassens mottak", "ibalanse:mottak")
        return {} if environment == "production" else {"sandkasse": own}
    try:
        found = {
            name: CallTarget(str(entry["url"]), str(entry.get("title") or name), str(entry.get("scope") or ""))
            for name, entry in json.loads(text).items()
        }
    except (ValueError, AttributeError, KeyError, TypeError):
        raise ValueError('must be JSON: {"name": {"url": …, "title": …, "scope": …}}') from None
    for name, target in found.items():
        if not _is_whole_address(target.url, environment) or not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} needs a plain name and a whole https address")
    return found


def _is_whole_address(url: str, environment: str) -> bool:
    parts = urlsplit(url)
    allowed = ("https",) if environment == "production" else ("https", "http")
    return parts.scheme in allowed and bool(parts.hostname) and "@" not in parts.netloc


def _refused(error: ValidationError) -> SettingsError:
    """Every setting that is refused, a line each. What was only not made because of another is left out."""
    lines = []
    for one in error.errors(include_url=False, include_input=False):
        if one["type"] != "default_factory_not_called":
            cause = one.get("ctx", {}).get("error")
            lines.append(str(refusal(str(one["loc"][0]), str(cause) if cause else one["msg"])))
    return SettingsError("\n".join(lines))


def _read_key_ring(path: Path, environment: str) -> KeyRing:
    """The key ring: from ``IBALANSE_KEYS`` (a JSON file), or made once in development."""
    if not path.exists():
        if environment == "production":
            raise refusal("IBALANSE_KEYS", "must name a file with the key ring")
        _make_key_ring(path)
    try:
        ring = KeyRing.model_validate_json(path.read_bytes())
    except ValidationError as error:
        where = {".".join(map(str, one["loc"])) for one in error.errors(include_input=False)}
        what = ", ".join(sorted(where - {""})) or "it is not JSON"
        raise refusal("IBALANSE_KEYS", f"the key ring {path} cannot be used: {what}") from None
    if environment == "production" and ring.sample:
        raise refusal("IBALANSE_KEYS", "holds keys made for development; make a ring of your own")
    return ring


def _make_key_ring(path: Path) -> None:
    """The first of several starters wins."""
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
        os.link(temporary, path)
    except FileExistsError:
        pass
    temporary.unlink()


def _check_production(settings: Settings) -> None:
    """Refuse what is only right in development."""
    addresses = {
        "IBALANSE_BASE_URL": settings.base_url,
        "IDPORTEN_ISSUER": settings.idporten_issuer,
        "ANSATTPORTEN_ISSUER": settings.ansattporten_issuer,
        "ALTINN_URL": settings.altinn_url,
    }
    refused = [refusal(n, "production needs an https address") for n, url in addresses.items() if url[:8] != "https://"]
    if "sandbox_url" in settings.model_fields_set:
        refused.append(refusal("IBALANSE_SANDBOX_URL", "production does not use the sandbox: unset it"))
    if settings.fail_point:
        refused.append(refusal("IBALANSE_FAIL_POINT", "fail points are for tests: unset it"))
    if refused:
        raise SettingsError("\n".join(map(str, refused)))
