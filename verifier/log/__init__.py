"""The transparency log as a reader sees it: RFC 6962 trees and the C2SP formats around them, pure and byte-exact.

``merkle`` checks proofs, ``tree`` and ``tile`` build them, ``note`` and ``checkpoint`` carry signatures,
``cosignature`` and ``tlog_policy`` say who has to have seen a checkpoint, ``tlog_proof`` puts all of it into one file.
"""
