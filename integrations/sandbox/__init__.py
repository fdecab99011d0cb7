"""The sandbox: everything outside our walls, in true wire formats over real HTTP, failing on demand.

Never imported by the clients; they only know addresses.
"""
