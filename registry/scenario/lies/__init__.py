"""Ten lying registries, and the outsiders that catch each of them."""
