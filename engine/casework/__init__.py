"""The case as people see it: number, stage, who waits for whom, notes, messages, the work queue.

The process says what is to be done; the case file says where that leaves the people in it (R6).
"""
