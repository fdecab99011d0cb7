"""The answer of the collectors: own design, since no collector publishes one. Amounts are whole øre.

What an answer must have to be one at all; each claim is read by itself, in ``mapping``.
"""

from __future__ import annotations

from marshmallow import fields

from integrations.answer import Answer


class Balance(Answer):
    personidentifikator = fields.String(required=True)
    levert = fields.Raw(load_default=None, allow_none=True)
    kravliste = fields.List(fields.Raw(allow_none=True), required=True)
    ikkeSvart = fields.Raw(load_default=None, allow_none=True)
