"""Kontrollinformasjon from banks by statute: accounts, balances and movements of a person who cannot consent.

Service  Bits DSOP Kontrollinformasjon V2, ``Bank_v2.yaml``, read 2026-11
Basis    arveloven § 92 and § 118, cf. § 88 a (Digitalt dødsbo); the header Legal-Mandate carries it
"""
