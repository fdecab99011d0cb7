"""The answer of the collectors: own design, amounts in øre."""

from __future__ import annotations

from marshmallow import fields, validate

from integrations.answer import Answer

STATUSES = ("inkassovarsel", "betalingsoppfordring", "tungt_salaer", "forliksraad", "utlegg", "overvaak")


class Party(Answer):
    orgnr = fields.String(load_default="")
    navn = fields.String(required=True)


class Claim(Answer):
    saksnummer = fields.String(required=True)
    inkassator = fields.Nested(Party, required=True)
    kreditor = fields.Nested(Party, required=True)
    kravtype = fields.String(load_default="")
    hovedstol = fields.Integer(required=True, validate=validate.Range(min=0))
    renter = fields.Integer(required=True)
    salaer = fields.Integer(required=True)
    omkostninger = fields.Integer(required=True)
    innbetalt = fields.Integer(required=True)
    saldo = fields.Integer(required=True)
    rentesats = fields.Decimal(load_default=None, allow_none=True)
    opprinneligForfall = fields.Date(required=True)
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    omtvistet = fields.Boolean(load_default=False)


class Balance(Answer):
    personidentifikator = fields.String(required=True)
    levert = fields.String(required=True)
    kravliste = fields.List(fields.Nested(Claim), required=True)
    ikkeSvart = fields.List(fields.String(), required=True)
