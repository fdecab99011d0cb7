"""The steps that commands are made of, by subject. ``sequence.py`` says in which order."""
