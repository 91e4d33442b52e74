"""The operators' console: accreditation, keys, marks, notices, applications and matters, on pages.

It works on the data folder of one registry: it reads the log and the private registers there, and says what operators
say over the registry's API like everybody else. Roots are signed by custodians with the ceremony's commands, offline;
here stands only how they stand and what the next one needs.
"""
