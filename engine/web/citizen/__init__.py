"""The citizen's pages: home, tasks and forms, the overview, household, own business, sharing, plan.

May import ``engine.web.shared`` and the rooms below; no page of another audience.
"""
