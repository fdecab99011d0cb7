"""Every table of the product, imported so that the one metadata knows them all."""

from engine import vault
from engine.audit import chain
from engine.authorization import sessions
from engine.cases import desk_models as desk
from engine.cases import models as cases
from engine.consent import models as consent
from engine.db import metadata
from engine.definitions import models as definitions
from engine.evidence import models as evidence
from engine.execution import models as execution
from engine.figures import models as figures
from engine.operations import models as operations
from engine.sharing import models as sharing

__all__ = [
    "cases",
    "chain",
    "consent",
    "definitions",
    "desk",
    "evidence",
    "execution",
    "figures",
    "sessions",
    "sharing",
    "metadata",
    "operations",
    "vault",
]
