"""The side that writes the log: ledger, the one writer, and on PostgreSQL the sequencer with its fence."""
