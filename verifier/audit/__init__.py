"""The audit of a whole registry by an outsider: fsck, replay, monitor and explanation, over what is published.

Pure, above replay: bytes come through a ``Fetcher``, times and thresholds are arguments, findings are values. Nothing
here believes the registry; it is computed again from the entries, under the trust root that the caller pinned.
"""
