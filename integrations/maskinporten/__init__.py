"""Maskinporten (Digdir): access tokens between machines, RFC 7523. Documentation: docs.digdir.no, read 2026-11."""
