"""``ibalanse export`` and ``ibalanse import``: cases as JSON lines, with their definitions and audit trails."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click
from sqlalchemy import select

from engine.application import Application
from engine.cli.groups import Command
from engine.cli.output import answer
from engine.cli.session import json_option, on_database
from engine.platform.progress import Bar
from engine.workflow.errors import BadInputError
from engine.workflow.instances.models import case_file
from engine.workflow.operations import transfer


@click.command(cls=Command, epilog="Example: ibalanse export 2026-0412 --out case.jsonl")
@click.argument("cases", nargs=-1, metavar="[CASE ...]")
@click.option("--all", "everything", is_flag=True, help="every case")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="else standard output")
@json_option("with --out: print a result as JSON")
@on_database
def export(application: Application, cases: tuple[str, ...], everything: bool, out: Path | None, as_json: bool) -> int:
    """Write cases as JSON lines.

    CASE is a number or an id. A case that runs goes on running here: suspend it first when it shall move. A file that
    is there is replaced when the whole is written.
    """
    if bool(cases) == everything:
        raise BadInputError("name cases, or --all")
    found = _case_ids(application, cases)
    if out is None:
        for line in transfer.export(application, found):
            print(line)
        sys.stdout.flush()
        return 0
    bar, count = Bar("export", len(found)), 0
    part = out.with_name(f"{out.name}.part")
    with part.open("w", encoding="utf-8") as file:
        for line in transfer.export(application, found):
            file.write(line + "\n")
            count += line.startswith('{"case":')
            bar(count)
    part.replace(out)
    bar.close()
    answer(as_json, {"cases": count, "file": str(out)}, f"{count} cases in {out}")
    return 0


def _case_ids(application: Application, names: Sequence[str]) -> list[str]:
    """The ids of the cases with these numbers or ids; of every case without any."""
    with application.db.read() as connection:
        if not names:
            return list(connection.execute(select(case_file.c.id).order_by(case_file.c.opened_at)).scalars())
        found = []
        for name in names:
            identity = connection.execute(
                select(case_file.c.id).where((case_file.c.number == name) | (case_file.c.id == name))
            ).scalar()
            if identity is None:
                raise BadInputError(f"there is no case {name}")
            found.append(identity)
        return found


@click.command(
    "import", cls=Command, epilog="Example: ibalanse import case.jsonl. A file with one mistake changes nothing."
)
@click.argument("file", type=click.Path(path_type=Path))
@json_option()
@on_database
def import_cases(application: Application, file: Path, as_json: bool) -> int:
    """Bring exported cases in; the whole file is checked first."""
    with file.open(encoding="utf-8") as lines:
        total = transfer.check(lines)
    bar = Bar("import", total)
    with file.open(encoding="utf-8") as lines:
        done = transfer.import_cases(application, lines, bar)
    bar.close()
    answer(as_json, done, ", ".join(f"{count} {name}" for name, count in done.items()))
    return 0
