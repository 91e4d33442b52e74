"""The home authority's side of recognition: admission of agreements, what operators say about them, recognitions."""
