"""Norsk Gjeldsinformasjon: unsecured debt by the citizen's consent.

Service  consent API with integrated consent, read 2026-11
Basis    gjeldsinformasjonsloven and the citizen's consent, purpose debt.unsecured.presentation
"""
