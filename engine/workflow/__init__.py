"""The workflow engine: BPMN that runs durably, with life cycles, policy, work queue, audit and operations.

Usable alone by another Python program (``runtime.build``): it knows no debt, no office page, no Flask.
May import ``engine.platform`` and ``forms``. Inside, from the bottom: ``bpmn``, ``jobs``, ``definitions``,
``instances``, ``authorization``, ``audit``, ``execution``, ``runtime``, ``workers`` and ``findings``, ``operations``.
"""
