"""Debt collectors: balances by the citizen's mandate (fullmakt).

**Own design.** No public format for collection balances exists; this one carries the
fields that inkassoloven and practice give for a claim, one request for all collectors
as Virke Inkasso's service does by mail today (integrations.md 6.2).
Basis  mandate from the citizen, inkassoloven and god inkassoskikk
"""
