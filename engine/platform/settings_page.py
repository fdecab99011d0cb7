"""``docs/settings.md``, written from the fields of ``Settings``: ``ibalanse settings --markdown``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.platform.settings import SAMPLES, Settings

_BEGINNING = """\
# Settings

Everything an installation sets, as environment variables. A command that refuses to start names the variable and its
place here. `ibalanse settings` shows what is in force, without secrets. This page is written by
`ibalanse settings --markdown > docs/settings.md` from `engine/platform/settings.py`; a test holds it to the code.
"""
_PROVIDERS = (
    (
        "PROVIDER_URL",
        "Where a provider answers, with its name in front: `BANK_URL`, `NAV_URL`, `SKATTEETATEN_URL` … Where each of"
        " its services has a host of its own, `{{service}}` stands for its name:"
        " `SKATTEETATEN_URL=https://{{service}}.api.skatteetaten.no`.",
        "its folder in the sandbox",
        "BANK_URL=https://api.banken.example",
    ),
    (
        "PROVIDER_TOKEN_URL",
        "Where a provider gives tokens of its own.",
        "`/oauth2/token` under its address",
        "BANK_TOKEN_URL=https://login.banken.example/token",
    ),
    (
        "PROVIDER_NAME",
        "What the one behind the address is called, where its answers do not say so. Needed in production for {names}.",
        "the sandbox's own; none in production",
        "BANK_NAME=Sparebanken",
    ),
    (
        "PROVIDER_CLIENT_SECRET",
        "Our secret with a provider. Never shown. Needed in production for {secrets}.",
        "the sandbox's own; none in production",
        "GJELDSREGISTER_CLIENT_SECRET=…",
    ),
    (
        "PROVIDER_INSTITUTIONS",
        "Others that answer as this provider does, a JSON list of `id`, `name`, `url` and, if its own, `token_url`. "
        "An id is stored with what was fetched and never changes.",
        "none",
        'BANK_INSTITUTIONS=[{"id": "sparebank", "name": "Sparebanken", "url": "https://api.sparebanken.example"}]',
    ),
)
_BESIDE = (
    ("PROMETHEUS_MULTIPROC_DIR", "An empty directory where processes count together; `serve` sets it."),
    ("XDG_RUNTIME_DIR", "Where the socket of our own Valkey lies when the path of the data directory is too long."),
)


def markdown() -> str:
    """The whole page, ending in a newline."""
    return "\n".join([_BEGINNING, *_of_fields(), *_of_providers(), *_of_surroundings()]).rstrip() + "\n"


def _of_fields() -> Iterator[str]:
    for field in Settings.model_fields.values():
        if not field.description:
            continue
        name, more = str(field.validation_alias), field.json_schema_extra
        assert isinstance(more, dict), "made by variable()"
        if more["section"]:
            yield f"## {more['section']}\n"
        yield _entry(name, field.description, str(more["default"]), f"{name}={(field.examples or [''])[0]}", more)


def _of_providers() -> Iterator[str]:
    yield "## Providers\n"
    yield "One for each provider, which stands in front in capitals: `BANK_URL` is `PROVIDER_URL` of `bank`.\n"
    secrets = [f"`{name}`" for name in SAMPLES if name.endswith("_SECRET")]
    names = [f"`{name}`" for name in SAMPLES if f"`{name}`" not in secrets]
    for name, text, default, example in _PROVIDERS:
        yield _entry(name, text.format(names=" and ".join(names), secrets=" and ".join(secrets)), default, example, {})


def _of_surroundings() -> Iterator[str]:
    yield "## Read beside the settings\n"
    for name, text in _BESIDE:
        yield f"### {name}\n\n{text}\n"


def _entry(name: str, text: str, default: str, example: str, more: dict[str, Any]) -> str:
    plain = "`" in default or " " in default
    rows = [f"- Default: {default if plain else f'`{default}`'}"]
    if more.get("unit"):
        rows.append(f"- Unit: {more['unit']}")
    rows.append(f"- Example: `{example}`")
    return "\n".join([f"### {name}\n", f"{text}\n", *rows, ""])
