"""The reader: pages and answers composed of published files; no database, no key."""
