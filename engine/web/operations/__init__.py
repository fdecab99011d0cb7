"""Operations: an operator sees how the installation is, and lets what stands still go on.

One module a subject: ``index`` (everything at a glance), ``incidents`` (a kind of incident, retry and skip),
``progress`` (what a worker does in the background). ``desk`` is what they share, with the blueprint. The acts
themselves are those of ``engine.workflow.operations``; nothing is done here.
"""

from engine.web.operations import incidents, index, progress
from engine.web.operations.session import blueprint

__all__ = ["blueprint", "incidents", "index", "progress"]
