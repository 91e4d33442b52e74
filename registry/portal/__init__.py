"""The portal: what registered clients keep here, their watches and where changes are told to them.

It reads published files as anybody can, and has a database of its own, no key of the registry and not its database.
"""
