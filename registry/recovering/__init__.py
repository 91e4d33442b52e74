"""Backup and recovery: back to what the log key promised."""
