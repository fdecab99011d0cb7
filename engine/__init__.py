"""The engine: process execution, the economy, consent and the pages around them.

Imports point one way: ``wsgi → processes, integrations → engine → forms``.
Inside the engine ``bpmn`` and ``economy`` import nothing of ours, ``execution``
never imports ``economy``, ``task_types``, ``jobs`` or ``web``, and only
``wsgi.py`` imports ``web``.
"""
