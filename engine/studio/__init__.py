"""Where administrators make processes: drafts, diagrams, forms, policies, what differs, trial runs, publishing.

A draft runs for real, on a clock of its own and with simulated sources, and nothing leaves the room.
May import ``application`` and everything below it.
"""
