"""What two operators say in the authority's name, by commands; the pages are in registry/console."""
