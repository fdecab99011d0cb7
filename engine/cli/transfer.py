"""``ibalanse export`` and ``ibalanse import``: cases as JSON lines, with their definitions and audit trails."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from sqlalchemy import select

from engine.application import Application
from engine.cli.groups import Command
from engine.cli.output import answer
from engine.cli.session import Options, json_option, on_database
from engine.platform.progress import Bar
from engine.workflow.errors import BadInputError
from engine.workflow.instances.models import case_file
from engine.workflow.operations import transfer


@click.command(cls=Command, epilog="Example: ibalanse export 2026-0412 --out case.jsonl")
@click.argument("case", nargs=-1, metavar="[CASE ...]")
@click.option("--all", is_flag=True, help="every case")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="else standard output")
@json_option("with --out: print a result as JSON")
@on_database
def export(application: Application, options: Options) -> int:
    """Write cases as JSON lines.

    CASE is a number or an id. A case that runs goes on running here: suspend it first when it shall move. A file that
    is there is replaced when the whole is written.
    """
    if bool(options.case) == options.all:
        raise BadInputError("name cases, or --all")
    cases = _cases(application, options)
    if options.out is None:
        for line in transfer.export(application, cases):
            print(line)
        sys.stdout.flush()
        return 0
    bar, count = Bar("export", len(cases)), 0
    part = options.out.with_name(f"{options.out.name}.part")
    with part.open("w", encoding="utf-8") as file:
        for line in transfer.export(application, cases):
            file.write(line + "\n")
            count += line.startswith('{"case":')
            bar(count)
    part.replace(options.out)
    bar.close()
    answer(options, {"cases": count, "file": str(options.out)}, f"{count} cases in {options.out}")
    return 0


def _cases(application: Application, options: Options) -> list[str]:
    with application.db.read() as connection:
        if options.all:
            return list(connection.execute(select(case_file.c.id).order_by(case_file.c.opened_at)).scalars())
        found = []
        for name in options.case:
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
def import_cases(application: Application, options: Options) -> int:
    """Bring exported cases in; the whole file is checked first."""
    with options.file.open(encoding="utf-8") as file:
        total = transfer.check(file)
    bar = Bar("import", total)
    with options.file.open(encoding="utf-8") as file:
        done = transfer.import_cases(application, file, bar)
    bar.close()
    answer(options, done, ", ".join(f"{count} {name}" for name, count in done.items()))
    return 0
