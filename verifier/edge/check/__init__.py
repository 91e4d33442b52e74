"""Lists of suppliers: reading them, what is written down of the answers, looking again."""
