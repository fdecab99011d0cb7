"""Debt advice: what sources tell of a person's economy, on what consent, what it adds up to, and who may see it.

``evidence`` asks and keeps, ``consent`` says whether, ``economy`` computes (and knows nothing else),
``sharing`` shows it to others, ``task_types`` are the steps a process may have of all this.
May import ``casework``, ``workflow`` and ``platform``; integrations hand it their data sets.
"""
