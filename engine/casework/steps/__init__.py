"""The steps of case work's commands, by subject. ``engine.casework.sequence`` says in which order."""
