"""The court's side of Digitalt dødsbo: the estate and its heirs, the declaration, the certificate.

Service  Domstoladministrasjonen's feed to Oppgjør etter dødsfall; names as its test application has them, read 2026-11
Basis    arveloven § 88 a, § 92 and § 118; forskrift om Digitalt dødsbo 2024-12-19-3276
"""
