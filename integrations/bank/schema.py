"""Berlin Group AIS 1.3.11, the parts we read."""

from __future__ import annotations

from marshmallow import fields, validate

from integrations.answer import Answer


class Amount(Answer):
    currency = fields.String(required=True, validate=validate.Equal("NOK"))
    amount = fields.Decimal(required=True)


class Balance(Answer):
    balanceAmount = fields.Nested(Amount, required=True)
    balanceType = fields.String(required=True)


class Account(Answer):
    resourceId = fields.String(required=True)
    bban = fields.String(required=True)
    name = fields.String(load_default="")
    product = fields.String(load_default="")
    cashAccountType = fields.String(required=True)
    usage = fields.String(load_default="PRIV")
    balances = fields.List(fields.Nested(Balance), required=True, validate=validate.Length(min=1))


class Accounts(Answer):
    accounts = fields.List(fields.Nested(Account), required=True)


class CardAccount(Answer):
    resourceId = fields.String(required=True)
    name = fields.String(load_default="")
    creditLimit = fields.Nested(Amount, load_default=None, allow_none=True)
    balances = fields.List(fields.Nested(Balance), required=True, validate=validate.Length(min=1))


class CardAccounts(Answer):
    cardAccounts = fields.List(fields.Nested(CardAccount), required=True)


class Reference(Answer):
    bban = fields.String(load_default="")


class Transaction(Answer):
    transactionId = fields.String(required=True)
    bookingDate = fields.Date(required=True)
    transactionAmount = fields.Nested(Amount, required=True)
    creditorName = fields.String(load_default="")
    creditorAccount = fields.Nested(Reference, load_default=None, allow_none=True)
    debtorName = fields.String(load_default="")
    debtorAccount = fields.Nested(Reference, load_default=None, allow_none=True)
    remittanceInformationUnstructured = fields.String(load_default="")
    remittanceInformationStructured = fields.String(load_default="")
    merchantCategoryCode = fields.String(load_default="")
    bankTransactionCode = fields.String(load_default="")


class Page(Answer):
    booked = fields.List(fields.Nested(Transaction), required=True)
    _links = fields.Dict(load_default=dict)


class Transactions(Answer):
    transactions = fields.Nested(Page, required=True)
