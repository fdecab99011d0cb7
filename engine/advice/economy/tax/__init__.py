"""Income tax of a person who may own a sole proprietorship (R61): one rule per module, roughly reckoned.

Each rule gives lines: what it is reckoned of, at which rate, by which statute.
``estimate.py`` puts them together.
"""
