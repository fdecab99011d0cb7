"""Skatteetaten: income, tax base, and open claims (with Statens innkrevingssentral), by consent at Altinn.

Services  Inntekt v1, Summert skattegrunnlag v2, Krav og betalinger v1; read 2026-11
Basis     the citizen's consent. The consent packages that exist today are made for loan
          applications (sbl) and accounting systems; for this purpose the channel is hoped for.
"""
