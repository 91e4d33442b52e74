"""The processes of one registry: who starts them, what each one runs, how they end together."""
