"""Every table of the product: importing this registers them all on the one ``metadata``."""

from engine.advice.tables import metadata
from engine.studio import models as studio

__all__ = ["metadata", "studio"]
