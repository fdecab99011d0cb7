"""The task types of the product: what a service task or a person's task in a diagram may be.

``descriptions`` says what each may be set to, ``task_type_registry`` gathers them for ``wsgi.py``.
May import everything of advice and below.
"""
