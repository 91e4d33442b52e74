"""Trust: the root that everything hangs from, and the signed list of bodies and keys."""
