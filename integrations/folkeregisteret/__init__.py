"""Folkeregisteret (Skatteetaten): name and birth date. Documentation: skatteetaten.github.io, read 2026-11."""
