"""What every process that serves is made of: problem documents, limits, metrics, logs, readiness."""
