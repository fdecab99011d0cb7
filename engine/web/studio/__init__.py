"""Prosesser: an administrator uploads or copies a bundle, edits it, tries it, and publishes it. No code, no server.

One module a subject: ``index`` (every process, upload, new ones), ``process`` (the page of one), ``flow`` (of a step)
and ``scope`` (of a part), ``steps``, ``changes``, ``stages``, ``form_builder``, ``lists``, ``texts``,
``text_templates`` and ``access`` (changes), ``edits`` and ``conflicts`` (how each is saved, and what the second of
two is shown), ``tabs`` (what the page asks each tab), ``step_choices`` and ``process_sentences`` (conditions, built
and read back), ``modeller`` (the diagram), ``publication`` and ``running_cases`` (versions, and cases that follow),
``trust`` (keys of others), ``trial`` (the test run). ``session`` is what they share, with the blueprint.
"""

from engine.web.studio import (
    access,
    changes,
    flow,
    form_builder,
    index,
    lists,
    modeller,
    office_areas,
    process,
    publication,
    running_cases,
    scope,
    stages,
    step_list,
    steps,
    text_templates,
    texts,
    trial,
    trust,
)
from engine.web.studio.session import blueprint

__all__ = [
    "access",
    "blueprint",
    "changes",
    "flow",
    "form_builder",
    "index",
    "lists",
    "modeller",
    "office_areas",
    "process",
    "publication",
    "running_cases",
    "scope",
    "stages",
    "step_list",
    "steps",
    "text_templates",
    "texts",
    "trial",
    "trust",
]
