"""``ibalanse export`` and ``ibalanse import``: cases as JSON lines, with their definitions and audit trails."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sqlalchemy import select

from engine.application import Application
from engine.cli.output import answer
from engine.platform.progress import Bar
from engine.workflow.errors import BadInputError
from engine.workflow.instances.models import case_file
from engine.workflow.operations import transfer


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    export = commands.add_parser(
        "export",
        help="write cases as JSON lines",
        description="A case that runs goes on running here: suspend it first when it shall move.",
    )
    export.add_argument("case", nargs="*", metavar="CASE", help="number or id")
    export.add_argument("--all", action="store_true", help="every case")
    export.add_argument("--out", type=Path, metavar="FILE", help="else standard output")
    export.add_argument("--json", action="store_true", help="with --out: print a result as JSON")
    import_cases = commands.add_parser("import", help="bring exported cases in; the whole file is checked first")
    import_cases.add_argument("file", type=Path, metavar="FILE")
    import_cases.add_argument("--json", action="store_true")


def export(application: Application, options: argparse.Namespace) -> int:
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


def _cases(application: Application, options: argparse.Namespace) -> list[str]:
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


def import_cases(application: Application, options: argparse.Namespace) -> int:
    with options.file.open(encoding="utf-8") as file:
        total = transfer.check(file)
    bar = Bar("import", total)
    with options.file.open(encoding="utf-8") as file:
        done = transfer.import_cases(application, file, bar)
    bar.close()
    answer(options, done, ", ".join(f"{count} {name}" for name, count in done.items()))
    return 0
