"""Supplement by hand (R54, R77 step 3).

For     the citizen who knows what no source tells
Starts  when a journey calls it, beside the collection: nobody waits for a slow bank
Leaves  own entries and corrections, tagged so wherever they are shown
"""
