"""The Økonomi domain: debts, assets, income, spending and the overview made of them.

Pure: plain functions and frozen dataclasses, no database, no clock, no HTTP,
and nothing of ours imported. Providers produce these values, journeys consume
them; the engine's core does not know what a debt is.
"""
