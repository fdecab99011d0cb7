"""Case work of any service: notes, messages, letters, complaints, measures, the queue, members, statistics.

The process says what is to be done; the case says where that leaves the people in it (R6). Its actions are
commands with sequences of their own (``commands``, ``sequence``). May import ``workflow`` and ``platform``;
knows no debt and no source.
"""
