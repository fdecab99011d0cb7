"""Systems the operator has allowed processes to call, without code: ``IBALANSE_CALLOUTS``.

Owner    whoever runs the installation; each address is an agreement of its own
Shape    POST, JSON in and out, ``Idempotency-Key``; a token from Maskinporten where the target names a scope
Basis    the process that calls; its data protection is reviewed when it is published
"""
