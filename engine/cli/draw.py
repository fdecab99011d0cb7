"""``ibalanse draw``: a process as an SVG picture that stands alone, as the pages under ``docs/`` link it."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import click

from engine.cli.groups import Command
from engine.workflow.bpmn.drawing import to_svg
from engine.workflow.bpmn.parser import parse

METADATA = "metadata.json"


class DrawingError(Exception):
    """There is nothing to draw; says why."""


def draw(path: Path, process_id: str | None = None) -> str:
    """The picture with its own colours, ending in a newline. The same bundle always makes the same text.

    The title is the bundle's in bokmål, else the process's name, else its id.
    Raises ``DrawingError``, ``BpmnSyntaxError`` and ``OSError``.
    """
    found = parse((path / "process.bpmn" if path.is_dir() else path).read_bytes()).processes
    if process_id is not None and process_id not in found:
        raise DrawingError(f"{path} holds no process {process_id!r}; there are: {', '.join(found)}")
    process = found[process_id] if process_id is not None else next(iter(found.values()))
    return to_svg(process, title=_title(path) or process.name or process.id, standalone=True) + "\n"


def _title(path: Path) -> str:
    file = path / METADATA
    if not path.is_dir() or not file.is_file():
        return ""
    return str(json.loads(file.read_text(encoding="utf-8")).get("title", {}).get("nb", ""))


@click.command(cls=Command, epilog="Example: ibalanse draw processes/advice --output advice.svg")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--process", metavar="ID", help="which process, where the file holds several; else the first")
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE", help="where to write it; else to stdout")
def draw_process(path: Path, process: str | None, output: Path | None) -> int:
    """Draw a process as SVG.

    A BPMN file, or the process of a bundle, laid out from its flow alone. A file that is there is replaced in one go.
    """
    svg = draw(path, process)
    if output is None:
        sys.stdout.write(svg)
        return 0
    part = output.with_name(output.name + ".part")
    part.write_text(svg, encoding="utf-8")
    os.replace(part, output)
    return 0
