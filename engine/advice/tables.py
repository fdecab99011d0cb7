"""Every table of debt advice and of what lies below it: importing this registers them."""

from engine.advice.consent import models as consent
from engine.advice.evidence import models as evidence
from engine.advice.sharing import models as sharing
from engine.casework.tables import metadata

__all__ = ["consent", "evidence", "metadata", "sharing"]
