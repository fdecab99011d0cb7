"""What operators do to many cases or to one that went astray: batches, history, retention, exchange.

Everything here goes through ``dispatch`` like everybody else's commands. May import everything of workflow;
of workflow nothing imports it.
"""
