"""ID-porten and Ansattporten (Digdir): OpenID Connect for citizens and for employees.

Documentation: docs.digdir.no, read 2026-11. Nothing here knows whether the
issuer is the real one or the sandbox; only settings differ.
"""
