"""Skatteetaten's own names. Amounts are NOK."""

from __future__ import annotations

from marshmallow import fields

from integrations.answer import Answer


class Receiver(Answer):
    personidentifikator = fields.String(required=True)


class Withheld(Answer):
    beloep = fields.Decimal(required=True)


class IncomeEntry(Answer):
    fordel = fields.String(load_default="kontantytelse")
    beloep = fields.Decimal(required=True)
    loennsinntekt = fields.Dict(load_default=None, allow_none=True)
    ytelseFraOffentlige = fields.Dict(load_default=None, allow_none=True)
    pensjonEllerTrygd = fields.Dict(load_default=None, allow_none=True)
    naeringsinntekt = fields.Dict(load_default=None, allow_none=True)


class IncomeMonth(Answer):
    opplysningspliktigId = fields.String(required=True)
    virksomhetId = fields.String(load_default="")
    virksomhetNavn = fields.String(load_default="")
    kalendermaaned = fields.String(required=True)
    inntektsmottaker = fields.Nested(Receiver, required=True)
    inntekt = fields.List(fields.Nested(IncomeEntry), required=True)
    forskuddstrekk = fields.List(fields.Nested(Withheld), load_default=list)


class IncomeAnswer(Answer):
    oppgaveInntektsmottaker = fields.List(fields.Nested(IncomeMonth), required=True)


class TaxBaseItem(Answer):
    tekniskNavn = fields.String(required=True)
    beloep = fields.Decimal(required=True)
    kategori = fields.String(load_default="")


class TaxBase(Answer):
    personidentifikator = fields.String(required=True)
    inntektsaar = fields.Integer(required=True)
    grunnlag = fields.List(fields.Nested(TaxBaseItem), required=True)


class DueDate(Answer):
    forfallsdato = fields.Date(required=True)


class OpenClaim(Answer):
    kravidentifikator = fields.String(required=True)
    kravbeskrivelse = fields.String(required=True)
    opprinneligBeloep = fields.Decimal(required=True)
    gjenstaaendeBeloep = fields.Decimal(required=True)
    stipulerteRenter = fields.Decimal(load_default=0)
    kravtype = fields.String(required=True)
    kravgruppe = fields.String(required=True)
    kravforfall = fields.List(fields.Nested(DueDate), load_default=list)


class OpenClaims(Answer):
    partIdentifikator = fields.String(required=True)
    aapentKravMedGjenstaaendeBeloep = fields.List(fields.Nested(OpenClaim), required=True)
