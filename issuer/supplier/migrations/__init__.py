"""Migrations of the supplier's database."""
