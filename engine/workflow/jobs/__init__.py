"""The queue of due work: its rows, the outbox that fills it, when a job is tried again, and the wake-up.

The database is the queue, because work must be written in the transaction that causes it,
and stand there until its effects are written: a queue beside the database either loses work
or does it twice when a process dies between the two commits. Leases and fences of
``outbox`` do that for SQLite and PostgreSQL alike.

rq gives what a database is bad at: it wakes a waiting worker at once instead of at the next
poll, keeps the list of who works at what, and stops a worker cleanly. It carries no work and
no data; with Redis gone reconciliation finds everything a second later. ``wakeup`` is the one
module that knows rq.
"""
