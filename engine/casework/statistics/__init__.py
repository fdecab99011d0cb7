"""Figures for leaders: how long things take and where cases stop, reckoned from the event history.

One module a subject: ``course`` (what one case's events say), ``reckoning`` (many courses become
figures), ``small`` (numbers too small to be shown). These three are pure: no database, no clock, no
web. ``store`` keeps the courses read and reads on where events have come since; nothing in it is a
truth of its own, it can be thrown away and read again from the trail.
"""
