"""A year of a registry in fast-forward: bodies, suppliers and what happens to their marks, with real signatures."""
