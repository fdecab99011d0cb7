"""Prosesser: an administrator uploads or copies a bundle, edits it, tries it, and publishes it. No code, no server.

One module a subject: ``index`` (every process, upload, new ones), ``process`` (the page of one), ``flow`` (of a step)
and ``scope`` (of a part), ``steps``, ``changes``, ``stages``, ``forming``, ``lists``, ``texts``, ``templates`` and
``access`` (changes), ``choosing`` and ``telling`` (conditions, built and read back), ``modeller`` (the diagram),
``publishing`` and ``moves`` (versions, and cases that follow them), ``trust`` (keys of other houses), ``trial`` (the
test run). ``desk`` is what they share, with the blueprint.
"""

from engine.web.studio import (
    access,
    changes,
    flow,
    forming,
    index,
    lists,
    modeller,
    moves,
    process,
    publishing,
    scope,
    stages,
    steps,
    templates,
    texts,
    trial,
    trust,
)
from engine.web.studio.desk import blueprint

__all__ = [
    "access",
    "blueprint",
    "changes",
    "flow",
    "forming",
    "index",
    "lists",
    "modeller",
    "moves",
    "process",
    "publishing",
    "scope",
    "stages",
    "steps",
    "templates",
    "texts",
    "trial",
    "trust",
]
