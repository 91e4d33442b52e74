"""The treaty office: foreign schemes, mappings, agreements and the decision whether a certificate counts as a tier."""
