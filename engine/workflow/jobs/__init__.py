"""What the workers run: the bell, the drain, the sweep.

rq is only the bell and the worker pool. Losing everything in Redis costs
seconds, never work.
"""
