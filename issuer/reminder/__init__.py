"""Reminders to holders whose marks end."""
