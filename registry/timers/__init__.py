"""Timed acts: what the clock makes due, logged by the directory key, within limits that two operators may lift."""
