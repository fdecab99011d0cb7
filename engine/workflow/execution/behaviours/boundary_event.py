"""Boundary event: its host listens for it; the token on the event itself is only the way out."""

from engine.workflow.execution.behaviours.behaviour import Behaviour, pass_through

BOUNDARY_EVENT = Behaviour(activate=pass_through)
