"""Migrations of a console's accounts."""
