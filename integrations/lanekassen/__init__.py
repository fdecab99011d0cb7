"""Lånekassen: the student loan, by consent at Altinn.

Service  saldo API v1 (DSOP documentation), read 2026-11
Basis    the citizen's consent, at most one year
"""
