"""A case as a row: its number and state, who takes part in it, its stages, and how the row follows the process.

May import ``definitions``; execution writes it with every command, authorization asks it for roles.
"""
