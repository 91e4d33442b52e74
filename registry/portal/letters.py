"""How the portal's letters leave: handed over once, and what became of each is one of four things."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from verifier.edge.mail import Letter, MailServer, UnknownOutcomeError, open_mailer, read_address
from verifier.errors import RefusedError, UnavailableError, WrongUseError

if TYPE_CHECKING:
    from collections.abc import Callable

AGAIN = 900
"""Seconds after which a mail server that took nothing is asked again, and before which no second code is sent."""


class Fate(Enum):
    """What became of a letter. What nobody knows of is never sent again."""

    TAKEN = "taken"
    UNKNOWN = "unknown"
    LATER = "later"
    REFUSED = "refused"


@dataclass(frozen=True)
class Letters:
    """How letters leave: under which address, and by what they are handed over, which raises as ``Mailer.send``."""

    sender: str
    send: Callable[[Letter], None]

    @property
    def domain(self) -> str:
        """The part of the sender's address that names of letters end with."""
        return self.sender.rpartition("@")[2]

    def hand_over(self, letter: Letter) -> tuple[Fate, str]:
        """Hand over a letter and return what became of it, with the code of why it was refused."""
        try:
            self.send(letter)
        except UnknownOutcomeError:
            return Fate.UNKNOWN, ""
        except UnavailableError:
            return Fate.LATER, ""
        except (RefusedError, WrongUseError) as error:
            return Fate.REFUSED, error.code
        return Fate.TAKEN, ""


def letters_by(server: MailServer, sender: str) -> Letters:
    """Return letters that a mail server relays."""

    def send(letter: Letter) -> None:
        with open_mailer(server, name=sender.rpartition("@")[2]) as mailer:
            mailer.send(letter)

    return Letters(read_address(sender), send)
