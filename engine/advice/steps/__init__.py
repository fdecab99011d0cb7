"""The steps of the commands of debt advice, by subject. ``engine.advice.sequence`` says in which order."""
