"""What operators do to many cases or to one that went astray: batches, history, retention, moving cases between houses.

Everything here goes through ``dispatch`` like everybody else's commands. May import
``execution``, ``definitions``, ``cases`` and ``audit``; nothing imports it but the command line.
"""
