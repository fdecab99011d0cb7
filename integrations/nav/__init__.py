"""Nav: payments to the person.

Service  utbetaldata v2 (internal to Nav today), read 2026-11
Basis    here the hoped-for channel by mandate, and the page says so (D15). Benefits may tell of
         health, so the basis is never a contract (R84).
"""
