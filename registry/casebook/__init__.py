"""The authority's private casebook: complaints, appeals and reports of misuse, from their receipt to their end."""
