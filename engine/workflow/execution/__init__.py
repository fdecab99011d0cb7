"""Processes that run: commands through the one door, the token loop, the behaviour of each element, its rows.

``sequence`` lists what happens for each command and is the place to look first. Knows no worker: what is due
is written by ``engine.workflow.jobs.outbox``, in the same transaction. Nothing here may import ``runtime``,
``workers`` or ``operations``.
"""
