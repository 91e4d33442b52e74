"""The part of authentication that reaches a network: guarded HTTP, the look-up of a foreign registry, its kit."""
