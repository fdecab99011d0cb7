"""Consent (samtykke): the record, its life cycle, and the channels that open sources (R83-R93)."""
