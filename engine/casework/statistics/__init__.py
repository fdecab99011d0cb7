"""Figures for leaders: how long things take and where cases stop, computed from the event history.

One module a subject: ``timeline`` (what one case's events say), ``computation`` (many timelines become
figures), ``small_cell_suppression`` (numbers too small to be shown). These three are pure: no database, no clock, no
web. ``store`` keeps the timelines read and reads on where events have come since; nothing in it is a
truth of its own, it can be thrown away and read again from the trail.
"""
