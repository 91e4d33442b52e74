"""The tour: six acts, one for each kind of user, with real commands before a real registry.

The first difference between what was promised and what is seen ends it.
"""
