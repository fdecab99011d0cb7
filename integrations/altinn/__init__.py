"""Altinn 3 consent (Digdir): consent requests the citizen accepts at Altinn. Documentation: docs.altinn.studio."""
