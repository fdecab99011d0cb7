"""The leaders' pages: statistics with small cells suppressed, and what they are made of.

May import ``engine.web.shared`` and the rooms below; no page of another audience.
"""
