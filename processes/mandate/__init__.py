"""Mandate, fullmakt (R77 step 5, R102).

For     sources that answer only to someone who acts for the citizen
Basis   avtaleloven chapter 2; a record of its own beside the consent
Starts  when a journey calls it
Leaves  a mandate record that is used as grant for debt collectors, Kartverket and Nav
"""
