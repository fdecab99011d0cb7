"""Deployed process definitions: immutable versions of bundles.

A bundle is an Altinn app folder one level flatter: ``process.bpmn``,
``metadata.json``, ``policy.xml``, ``layouts/``, ``models/``, ``texts/``.
Running instances stay on the version they began with.
"""
