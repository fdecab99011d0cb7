"""Brønnøysundregistrene: sole proprietorships.

Service  Enhetsregisteret, open API, read 2026-11
Basis    open data. Open roles carry a birth date, no identity number: an owner is matched by name and birth date.
"""
