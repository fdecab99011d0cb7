"""Bank: account information by the citizen's consent.

Service  Berlin Group NextGenPSD2 AIS 1.3.11, read 2026-11
Basis    the citizen's consent, strongly authenticated at the bank (PSD2 article 67)
Reads only; payment initiation is never asked for (R103).
"""
