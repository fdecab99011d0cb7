"""Prosesser: an administrator uploads or copies a bundle, edits it, tries it, and publishes it. No code, no server.

One module a subject: ``index`` (every process, upload, copy), ``process`` (the page of one), ``steps``, ``forming``
and ``texts`` (changes), ``publishing`` (versions), ``trial`` (the test run). ``desk`` is what they share, with the
blueprint.
"""

from engine.web.studio import forming, index, process, publishing, steps, texts, trial
from engine.web.studio.desk import blueprint

__all__ = ["blueprint", "forming", "index", "process", "publishing", "steps", "texts", "trial"]
