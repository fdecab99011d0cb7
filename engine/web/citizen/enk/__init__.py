"""The owner's pages: tag accounts, see tax and VAT against what is set aside, every figure with its calculation.

One module a page: ``accounts``, ``overview`` (with what no source tells, and the calculation), ``start`` (the plan and
the checklist) and ``closing``. ``desk`` is what they share, with the blueprint.
"""

from engine.web.citizen.enk import accounts, closing, overview, start
from engine.web.citizen.enk.session import blueprint

__all__ = ["accounts", "blueprint", "closing", "overview", "start"]
