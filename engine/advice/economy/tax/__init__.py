"""Income tax of a person who may own a sole proprietorship (R61): one rule per module, roughly computed.

Each rule gives lines: its basis, at which rate, by which statute.
``estimate.py`` puts them together.
"""
