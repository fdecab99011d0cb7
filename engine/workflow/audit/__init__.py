"""What happened, who did it, when: append-only, hash-chained per case.

Events carry ids and codes; a personal value in one is sealed with the person's
key, so that erasure leaves the chain verifiable.
"""
