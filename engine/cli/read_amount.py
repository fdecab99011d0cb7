"""``ibalanse read-amount``: what the one reader of amounts understands of what somebody wrote."""

from __future__ import annotations

import json
import sys

import click

from engine.cli.groups import Command
from engine.cli.session import json_option
from engine.workflow.errors import BadInputError
from forms.amounts import AmountError, read_amount, read_rate

_EPILOG = """\
Examples:
  ibalanse read-amount "12.500,50"
  ibalanse read-amount "kr 2 000,-" --json
  ibalanse read-amount "-12 500"          below zero; - reads from standard input
"""


@click.command(cls=Command, epilog=_EPILOG, context_settings={"ignore_unknown_options": True})
@click.argument("text")
@click.option("--rate", is_flag=True, help="read per cent instead of kroner")
@json_option("print one JSON object")
def read(text: str, rate: bool, as_json: bool) -> int:
    """Tell what is read of an amount as people write it.

    What cannot be read, or can be read in two ways, is refused with why.
    """
    text = sys.stdin.read() if text == "-" else text
    try:
        found = read_rate(text, negative=True) if rate else read_amount(text, negative=True)
    except AmountError as error:
        parts = ", ".join(f"{name} {value:f}" for name, value in error.values.items())
        raise BadInputError(f"{error.code}{': ' + parts if parts else ''}") from None
    print(json.dumps({"rate" if rate else "amount": f"{found:f}"}) if as_json else f"{found:f}")
    return 0
