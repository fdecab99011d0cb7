"""Click's command and group as ours are: examples written as they stand, and groups loaded when they are called."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

import click
from click.shell_completion import CompletionItem

#: For the whole command line: what stands below it takes them over.
SETTINGS: dict[str, Any] = {"help_option_names": ["-h", "--help"], "max_content_width": 120}


class Command(click.Command):
    """A command whose epilog (examples, statuses, formats) keeps its lines."""

    def format_epilog(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        write_lines(formatter, self.epilog)


class Group(click.Group):
    """A command with commands below it, made by ``@group.command(…)``."""

    command_class = Command

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(self.commands)

    def format_epilog(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        write_lines(formatter, self.epilog)


class Place(NamedTuple):
    """Where a command is made, ``module:name`` below this package, and its line in the list."""

    where: str
    help: str


class LazyGroup(Group):
    """The whole list by audience, from a table: a module is imported when its command is called."""

    audiences: Mapping[str, Mapping[str, Place]]

    @property
    def places(self) -> Mapping[str, Place]:
        return {name: place for group in self.audiences.values() for name, place in group.items()}

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(self.places)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        place = self.places.get(name)
        if place is None:
            return None
        module, _, attribute = place.where.partition(":")
        found = getattr(import_module(f"engine.cli.{module}"), attribute)
        assert isinstance(found, click.Command)
        return found

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with the nearest of our names where there is none such."""
        if args[0] not in self.places and not args[0].startswith("-") and not context.resilient_parsing:
            raise click.exceptions.NoSuchCommand(args[0], possibilities=self.places, ctx=context)
        return super().resolve_command(context, args)

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        for audience, group in self.audiences.items():
            with formatter.section(audience):
                formatter.write_dl([(name, place.help) for name, place in group.items()])

    def shell_complete(self, context: click.Context, incomplete: str) -> list[CompletionItem]:
        found = [CompletionItem(n, help=place.help) for n, place in self.places.items() if n.startswith(incomplete)]
        return [*found, *click.Command.shell_complete(self, context, incomplete)]


def write_lines(formatter: click.HelpFormatter, text: str | None) -> None:
    """An epilog as it is written."""
    if text:
        formatter.write_paragraph()
        formatter.write(text if text.endswith("\n") else f"{text}\n")
