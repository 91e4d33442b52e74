"""Admission: how a statement becomes an entry of the log, and the API by which it comes."""
