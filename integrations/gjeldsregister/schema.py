"""The debt answer of Norsk Gjeldsinformasjon, spelled as they spell it. Amounts are øre, rates per cent x 100."""

from __future__ import annotations

from marshmallow import fields, validate

from integrations.answer import Answer


class Loan(Answer):
    type = fields.String(required=True, validate=validate.OneOf(["creditFacility", "repaymentLoan", "chargeCard"]))
    id = fields.String(load_default="")
    creditLimit = fields.Integer(load_default=0)
    interestBearingBalance = fields.Integer(load_default=0)
    nonInterestBearingBalance = fields.Integer(load_default=0)
    originalBalance = fields.Integer(load_default=0)
    balance = fields.Integer(load_default=0)
    terms = fields.Integer(load_default=0)
    nominalInterestRate = fields.Integer(load_default=0)
    installmentCharges = fields.Integer(load_default=0)
    coBorrower = fields.Integer(load_default=0)


class Creditor(Answer):
    creditorName = fields.String(required=True)
    loan = fields.Nested(Loan, required=True, allow_none=True)


class DebtAnswer(Answer):
    ssn = fields.String(required=True)
    loans = fields.List(fields.Nested(Creditor), required=True)
    numberOfCreditorsAnswered = fields.Integer(required=True)
    numberOfcreditorsMissing = fields.Integer(required=True)
