"""Debt advice (R6, R73-R77): from inquiry to closing, calling the other journeys.

For     anyone with money trouble, and the debt advisers of the office that has the case
Basis   sosialtjenesteloven section 17; consent and mandate for the collection
Starts  with one press by the citizen
Leaves  a decision, advice and its follow-up. Collection runs beside everything else and ends with the case
"""
