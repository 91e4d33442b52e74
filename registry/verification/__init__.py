"""The verification service: what clients and procurement portals ask. It reads the public folder and has no database.

Every answer is made by verifier/answer.py from published files; what this service adds is a signature on it.
"""
