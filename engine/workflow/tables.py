"""Every table of the workflow engine and of the platform below it: importing this registers them."""

from engine.platform.tables import metadata
from engine.workflow.audit import chain
from engine.workflow.authorization import sessions, unsent_forms
from engine.workflow.definitions import models as definitions
from engine.workflow.execution import models as execution
from engine.workflow.instances import models as instances
from engine.workflow.jobs import models as jobs
from engine.workflow.operations import models as operations

__all__ = [
    "chain",
    "definitions",
    "execution",
    "instances",
    "jobs",
    "metadata",
    "operations",
    "sessions",
    "unsent_forms",
]
