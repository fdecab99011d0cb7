"""A definition executed in memory: ``run.py`` drives it, ``effects.py`` and ``starts.py`` are its outside world."""

from engine.workflow.execution.simulation.effects import Effect
from engine.workflow.execution.simulation.run import BEGIN, NobodyWaitsError, Simulation, TraceLine

__all__ = ["BEGIN", "Effect", "NobodyWaitsError", "Simulation", "TraceLine"]
