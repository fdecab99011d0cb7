"""Prosesser: an administrator uploads or copies a bundle, edits it, tries it, and publishes it. No code, no server.

One module a subject: ``index`` (every process, upload, new ones), ``process`` (the page of one), ``steps``, ``flow``,
``forming``, ``lists``, ``texts``, ``templates`` and ``access`` (changes), ``modeller`` (the diagram), ``publishing``
(versions, moving cases), ``trial`` (the test run). ``desk`` is what they share, with the blueprint.
"""

from engine.web.studio import (
    access,
    flow,
    forming,
    index,
    lists,
    modeller,
    process,
    publishing,
    steps,
    templates,
    texts,
    trial,
)
from engine.web.studio.desk import blueprint

__all__ = [
    "access",
    "blueprint",
    "flow",
    "forming",
    "index",
    "lists",
    "modeller",
    "process",
    "publishing",
    "steps",
    "templates",
    "texts",
    "trial",
]
