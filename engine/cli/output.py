"""What the operations' commands share: bad input with its reason, and results as one JSON value or in words."""

from __future__ import annotations

import json
from typing import Any

from engine.application import Application
from engine.platform.progress import Bar
from engine.workflow.operations import batches
from engine.workflow.operations.batch_commands import reasons
from engine.workflow.operations.batches import Progress

#: Exit status when the command did its work, but some cases refused.
SOME_REFUSED = 1


def answer(as_json: bool, value: object, words: str) -> None:
    """Print a result."""
    print(json.dumps(value, ensure_ascii=False) if as_json else words)


def run_batch(application: Application, identity: str, as_json: bool) -> int:
    """Run a batch with a progress bar and tell what became of it."""
    total = batches.progress_of(application, identity)
    bar = Bar(f"{total.action} {identity}", total.total)

    def report(progress: Progress) -> None:
        bar(progress.done + progress.refused, f"{progress.refused} refused" if progress.refused else "")

    progress = batches.run(application, identity, report)
    bar.close()
    refused = batches.results(application, identity, "refused")
    answer(as_json, {**progress_json(progress), "refusals": refused}, in_words(progress, refused))
    return SOME_REFUSED if progress.refused else 0


def progress_json(progress: Progress) -> dict[str, Any]:
    return {
        "batch": progress.id,
        "action": progress.action,
        "state": progress.state,
        "total": progress.total,
        "done": progress.done,
        "refused": progress.refused,
        "pending": progress.pending,
    }


def in_words(progress: Progress, refused: list[dict[str, Any]] | None = None) -> str:
    lines = [
        f"batch {progress.id}: {progress.action}, {progress.state}: {progress.done} done, {progress.refused} refused, "
        f"{progress.pending} pending of {progress.total}"
    ]
    lines += [f"  {item['target']}: {reasons(item)}" for item in refused or ()]
    return "\n".join(lines)
