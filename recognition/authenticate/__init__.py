"""Authentication of foreign certificates: outside evidence in, a certificate that a decision may rest on out."""
