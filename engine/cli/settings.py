"""``ibalanse settings``: what is in force, without secrets; and the page that describes every setting."""

from __future__ import annotations

import argparse
import json
from typing import Any

from engine.platform import settings_page
from engine.platform.settings import Settings, variables, without_password

HIDDEN = "***"


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("settings", help="show the settings in force, without secrets")
    parser.add_argument("--markdown", action="store_true", help="write the page that describes them: docs/settings.md")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(options: argparse.Namespace) -> int:
    """Print them. Raises ``SettingsError`` when they would keep a command from starting."""
    if options.markdown:
        print(settings_page.markdown(), end="")
        return 0
    found = in_force(Settings.from_env())
    print(json.dumps(found, ensure_ascii=False) if options.json else "\n".join(f"{n}={v}" for n, v in found.items()))
    return 0


def in_force(settings: Settings) -> dict[str, str]:
    """Variable → value as it may be shown; what is not set with its default, of a provider what is given."""
    found: dict[str, Any] = {variable: getattr(settings, field) for variable, field in variables().items()}
    found["IBALANSE_CALLOUTS"] = ", ".join(sorted(settings.callouts))
    found |= {**settings.provider_values, **dict.fromkeys(settings.provider_secrets, HIDDEN)}
    return {variable: without_password(str(value)) for variable, value in found.items()}
