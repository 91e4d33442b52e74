"""Checking a list of suppliers against a copy of the directory: nobody learns who is on the list."""
