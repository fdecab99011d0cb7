"""The tables of the platform. Importing this registers them; the rooms above have a ``tables`` of their own."""

from engine.platform import name_index, quarantine, vault
from engine.platform.db import metadata

__all__ = ["metadata", "name_index", "quarantine", "vault"]
