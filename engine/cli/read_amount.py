"""``ibalanse read-amount``: what the one reader of amounts understands of what somebody wrote."""

from __future__ import annotations

import argparse
import json
import sys

from engine.workflow.errors import BadInputError
from forms.amounts import AmountError, read_amount, read_rate


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("read-amount", help="tell what is read of an amount as people write it")
    parser.add_argument("text", help="for example '12.500,50', 'kr 2 000,-' or '-12 500'; - reads from standard input")
    parser.add_argument("--rate", action="store_true", help="read per cent instead of kroner")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(options: argparse.Namespace) -> int:
    """Print the amount, below zero too. Raises ``BadInputError`` with why it is none and what was read."""
    text = sys.stdin.read() if options.text == "-" else options.text
    try:
        found = read_rate(text, negative=True) if options.rate else read_amount(text, negative=True)
    except AmountError as error:
        read = ", ".join(f"{name} {value:f}" for name, value in error.values.items())
        raise BadInputError(f"{error.code}{': ' + read if read else ''}") from None
    print(json.dumps({"rate" if options.rate else "amount": f"{found:f}"}) if options.json else f"{found:f}")
    return 0
