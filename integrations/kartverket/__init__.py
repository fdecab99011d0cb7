"""Kartverket: property by person.

Service  the API made for Digitalt dødsbo (OED v1), read 2026-11
Basis    today statute only; here the hoped-for channel by mandate, and the page says so (D15)
"""
