"""Every table of case work and of what lies below it: importing this registers them."""

from engine.casework import models as casework
from engine.casework.statistics import models as statistics
from engine.workflow.tables import metadata

__all__ = ["casework", "metadata", "statistics"]
