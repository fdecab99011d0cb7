"""What is tried in the cases: a function takes a case's input and returns what came of it, as plain JSON.

A case names its function as ``module:function``. What the product is called it takes from ``tests.cases.seam``.
"""
