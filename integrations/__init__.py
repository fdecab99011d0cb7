"""Everything outside our walls: one folder per provider, and the sandbox that stands in for them over HTTP.

A source is one folder and one line of ``PROVIDERS`` in ``wiring.py``. The folder holds

``__init__``  owner, service and version, documentation and the date it was read, legal basis
``metadata``  ``DATA_SETS``: all that anybody else must know of what it offers, without settings or HTTP
``client``    HTTP and tokens; ``connect`` says who asks for each data set
``schema``    the answers, with field names as the provider spells them
``mapping``   answers → figures; units, signs and Norwegian names are turned here
``standin``   the source of the sandbox

Imports ``engine.advice`` and below. No client knows the sandbox; its address, name and secret are settings.
"""
