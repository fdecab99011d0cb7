"""Measurements against a named floor or peer in the same run. ``make bench`` writes bench/results/<suite>.json."""
