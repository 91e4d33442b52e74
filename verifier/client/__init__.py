"""The library for those who verify marks in a program of their own.

    from verifier.client import Client

    with Client(root="trust-root.json", keep="shirushi-kept") as client:
        verdict = client.verify(text_of_the_qr, policy="policy.toml")

Whatever the registry serves is judged here, by the same judge as everywhere else; the registry is not trusted. What was
proven once is kept and speaks for itself without a network, dated by the checkpoint that witnesses cosigned.
"""

from verifier.client.asynchronous import AsyncClient
from verifier.client.client import Client

__all__ = ["AsyncClient", "Client"]
