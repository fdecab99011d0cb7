"""Start event: a token is born and goes on. What it waited for has happened before."""

from engine.workflow.execution.behaviours.behaviour import Behaviour, pass_through

START_EVENT = Behaviour(activate=pass_through)
