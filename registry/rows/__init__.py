"""The registry's database: engines of both dialects, tables, and all SQL."""
