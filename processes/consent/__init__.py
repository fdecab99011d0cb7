"""Consent to collection (R77 step 2, R87-R93).

For     everyone whose economy is to be gathered
Basis   GDPR article 6 (1) a; explicit consent for special categories (article 9)
Starts  when a journey calls it; a no is a path of its own and blocks nothing
Leaves  a consent record (ISO/IEC TS 27560), grants at Altinn, the bank and the debt register
"""
