"""Witnesses (C2SP tlog-witness v1.0.0): they cosign a log's checkpoint only when it extends the last one they cosigned.

A witness trusts nothing but the log's key and its own store. ``decision`` is pure, ``store`` keeps what was cosigned,
``service`` is one witness over HTTP, ``house`` puts several under one roof, ``client`` asks a witness.
"""
