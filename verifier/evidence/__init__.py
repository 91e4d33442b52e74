"""Evidence sealing: a salted manifest of files or of a plan, bound in the log before anybody asks for it."""
