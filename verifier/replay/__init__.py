"""Replay: what the entries of the log, taken in order, make true."""
