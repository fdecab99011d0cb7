"""Every table of the product, imported so that the one metadata knows them all."""

from engine.advice.consent import models as consent
from engine.advice.evidence import models as evidence
from engine.advice.sharing import models as sharing
from engine.casework import models as desk
from engine.casework.statistics import models as figures
from engine.platform import vault
from engine.platform.db import metadata
from engine.studio import models as definitions
from engine.workflow.audit import chain
from engine.workflow.authorization import sessions
from engine.workflow.execution import models as execution
from engine.workflow.instances import models as cases
from engine.workflow.operations import models as operations

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
