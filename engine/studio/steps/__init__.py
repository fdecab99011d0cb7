"""The steps of the studio's commands, by subject. ``engine.studio.sequence`` says in which order."""
