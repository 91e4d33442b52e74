"""Schemes are data: packs that say which tiers exist, what each one needs and who issues it."""
