"""Founding a registry, and the ceremony of its trust root."""
