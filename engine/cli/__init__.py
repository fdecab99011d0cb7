"""The console command ``ibalanse``: one module for each group of commands; ``main`` finds them.

May import every room but the pages, which ``wsgi.py`` hands over where a command serves them.
"""
