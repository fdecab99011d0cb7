"""A source nobody has: all that a new one takes, beside one line in ``PROVIDERS``."""
