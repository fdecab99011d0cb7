"""Control for owners of a sole proprietorship (R41, R59-R69): one rule per module, all of it pure.

``overview.py`` puts them together. Roughly computed from what passes through the
accounts: it gives control and foresight, it does not replace bookkeeping (R65).
"""
