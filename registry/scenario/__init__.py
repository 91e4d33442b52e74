"""Scenarios: the whole product played out, with the issuer's desk. The only folder of the registry that imports it."""
