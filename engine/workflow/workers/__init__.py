"""Who takes due work: the performer, the worker process around it, and reconciliation, which finds what was missed.

May import execution and jobs; nothing of execution knows that there are workers.
"""
