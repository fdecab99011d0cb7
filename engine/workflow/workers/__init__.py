"""Who takes due work: the performer, the worker process around it, and the sweep that finds what nobody rang for.

May import execution and jobs; nothing of execution knows that there are workers.
"""
