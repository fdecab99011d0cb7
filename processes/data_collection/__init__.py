"""Data collection (R1, R24, R74): one branch per source, side by side.

For     every journey that needs the overview
Basis   the consent and mandate records; checked again before every question
Starts  when a journey calls it
Leaves  one harvest per source and a new snapshot of the overview at every answer. A source that is
        silent is asked again after 15 seconds, then minutes, then hours, for 30 days; the others never wait for it
"""
