"""What the operations' commands share: bad input with its reason, and results as one JSON value or in words."""

from __future__ import annotations

import json
from argparse import Namespace
from typing import Any

from engine.application import Application
from engine.platform.progress import Bar
from engine.workflow.operations import batches
from engine.workflow.operations.batch_commands import reasons
from engine.workflow.operations.batches import Progress

#: Exit status when the command did its work, but some cases refused.
SOME_REFUSED = 1


def answer(options: Namespace, value: Any, words: str) -> None:
    """Print a result."""
    print(json.dumps(value, ensure_ascii=False) if options.json else words)


def run_batch(application: Application, identity: str, options: Namespace) -> int:
    """Run a batch with a progress bar and tell what became of it."""
    total = batches.progress_of(application, identity)
    bar = Bar(f"{total.action} {identity}", total.total)

    def report(told: Progress) -> None:
        bar(told.done + told.refused, f"{told.refused} refused" if told.refused else "")

    told = batches.run(application, identity, report)
    bar.close()
    refused = batches.results(application, identity, "refused")
    answer(options, {**as_json(told), "refusals": refused}, in_words(told, refused))
    return SOME_REFUSED if told.refused else 0


def as_json(told: Progress) -> dict[str, Any]:
    return {
        "batch": told.id,
        "action": told.action,
        "state": told.state,
        "total": told.total,
        "done": told.done,
        "refused": told.refused,
        "pending": told.pending,
    }


def in_words(told: Progress, refused: list[dict[str, Any]] | None = None) -> str:
    lines = [
        f"batch {told.id}: {told.action}, {told.state}: {told.done} done, {told.refused} refused, "
        f"{told.pending} pending of {told.total}"
    ]
    lines += [f"  {item['target']}: {reasons(item)}" for item in refused or ()]
    return "\n".join(lines)
