"""``ibalanse settings``: what is in force, without secrets; and the page that describes every setting."""

from __future__ import annotations

import json
from typing import Any

import click

from engine.cli.groups import Command
from engine.cli.session import json_option
from engine.platform import settings_page
from engine.platform.settings import Settings, variables, without_password

HIDDEN = "***"


_EPILOG = """\
Examples:
  IBALANSE_ENV=production ibalanse settings         whether an installation would start, and with what
  ibalanse settings --markdown > docs/settings.md   after a field was added
"""


@click.command("settings", cls=Command, epilog=_EPILOG)
@click.option("--markdown", is_flag=True, help="write the page that describes them: docs/settings.md")
@json_option("print one JSON object")
def settings(markdown: bool, as_json: bool) -> int:
    """Show the settings in force, without secrets.

    Exit status 2 when they would keep a command from starting: which ones, on stderr.
    """
    if markdown:
        print(settings_page.markdown(), end="")
        return 0
    found = in_force(Settings.from_env())
    print(json.dumps(found, ensure_ascii=False) if as_json else "\n".join(f"{n}={v}" for n, v in found.items()))
    return 0


def in_force(settings: Settings) -> dict[str, str]:
    """Variable → value as it may be shown; what is not set with its default, of a provider what is given."""
    found: dict[str, Any] = {variable: getattr(settings, field) for variable, field in variables().items()}
    found["IBALANSE_CALLOUTS"] = ", ".join(sorted(settings.callouts))
    found |= {**settings.provider_values, **dict.fromkeys(settings.provider_secrets, HIDDEN)}
    return {variable: without_password(str(value)) for variable, value in found.items()}
