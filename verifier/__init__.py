"""The judge: formats, proofs and verdicts of a certification mark. Imports nothing from the registry."""

__version__ = "0.1.0"
