"""Every table of the product, imported so that the one metadata knows them all."""

from engine import vault
from engine.audit import chain
from engine.cases import models as cases
from engine.db import metadata
from engine.execution import models as execution

__all__ = ["cases", "chain", "execution", "metadata", "vault"]
