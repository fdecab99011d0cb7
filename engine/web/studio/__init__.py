"""Prosesser: an administrator uploads or copies a bundle, edits it, tries it, and publishes it. No code, no server.

One module a subject: ``index`` (every process, upload, new ones), ``process`` (the page of one), ``steps``,
``forming``, ``texts`` and ``access`` (changes), ``publishing`` (versions, moving cases), ``trial`` (the test run).
``desk`` is what they share, with the blueprint.
"""

from engine.web.studio import access, forming, index, process, publishing, steps, texts, trial
from engine.web.studio.desk import blueprint

__all__ = ["access", "blueprint", "forming", "index", "process", "publishing", "steps", "texts", "trial"]
