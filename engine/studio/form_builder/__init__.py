"""A step's form while an administrator builds it: pages and components, with the data model kept in step.

Everything is written as Altinn writes it: ``layouts/<step>/<Page>.json`` and ``Settings.json``, a JSON Schema in
``models/``, code lists in ``options/``, texts by key. What stood there and is not understood is left as it was.
``kinds`` says what a form is built of; ``opened``, ``files``, ``choices``, ``components`` and ``pages`` each add what
can be done to one, so that ``FormDraft``, the last, can do it all.
"""

from engine.studio.form_builder.kinds import BY_ID, KINDS, Kind, bound_to, kind_of
from engine.studio.form_builder.pages import FormDraft

__all__ = ["BY_ID", "KINDS", "FormDraft", "Kind", "bound_to", "kind_of"]
