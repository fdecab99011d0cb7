"""The saldo answer of Lånekassen. Amounts are NOK with decimals."""

from __future__ import annotations

from marshmallow import fields, validate

from integrations.answer import Answer


class Amount(Answer):
    currency = fields.String(required=True)
    amount = fields.Decimal(required=True)


class Balance(Answer):
    BalanceType = fields.String(required=True)
    BalanceAmount = fields.Nested(Amount, required=True)


class Account(Answer):
    Name = fields.String(required=True)
    Balances = fields.List(fields.Nested(Balance), required=True, validate=validate.Length(min=1))


class Balances(Answer):
    Accounts = fields.List(fields.Nested(Account), required=True)
    TotalAmount = fields.Decimal(required=True)
