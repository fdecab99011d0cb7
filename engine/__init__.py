"""The engine: the product in rooms that lie above each other.

::

    cli | web      what people and programs meet
    studio         where administrators make processes
    application    what ``wsgi.py`` puts together
    advice         debt advice: evidence, consent, economy, sharing
    casework       the work of any office on any case
    workflow       processes that run, usable alone
    platform       database, clock, settings, vault

A room imports those below it, never one above; outside, ``wsgi → processes, integrations → engine → forms``.
``make lint`` holds the code to it (the contracts in ``pyproject.toml``).
"""
