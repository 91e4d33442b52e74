"""The directory: the present state of every object and the marks of every identifier, as one provable artefact."""
