"""The document of a mark: a signed PDF/A-3 that carries the mark itself; and artwork as PDF, which nobody signs."""
