"""Whose each operator's key is: one person, one key, noted when the key is first opened with its passphrase.

What keeps two operators two is the trust root, which names another holder for each key, and the passphrases. This file
keeps one person from using a colleague's key by mistake, or because both passphrases lie in one drawer.
"""

from __future__ import annotations

import json
import os
import threading
from typing import TYPE_CHECKING

from verifier.edge.whole_file import fsync_folder
from verifier.errors import MalformedError, RefusedError

if TYPE_CHECKING:
    from pathlib import Path

FILE = "console-keys.json"
_LOCK = threading.Lock()


class KeyHolders:
    """The file of one data folder: people by the id (kid) of the key that is theirs."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    def all(self) -> dict[str, tuple[str, str]]:
        """Return (name of the key, id of the person) by kid. Raises MalformedError for another file."""
        try:
            read = json.loads(self._path.read_text("utf-8"))
            return {str(kid): (str(one["key"]), str(one["person"])) for kid, one in read.items()}
        except FileNotFoundError:
            return {}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise MalformedError(
                f"{self._path.name} cannot be read", hint="Put the file aside: keys are chosen anew."
            ) from error

    def key_of(self, person: str) -> tuple[str, str] | None:
        """Return (name, kid) of the key that is this person's, None where none is."""
        return next(((name, kid) for kid, (name, owner) in self.all().items() if owner == person), None)

    def take(self, person: str, key: str, kid: str) -> None:
        """Note that a key is this person's. Raises RefusedError when it is another's, or the person has another one."""
        with _LOCK:
            known = self.all()
            owner = known.get(kid)
            if owner is not None and owner[1] != person:
                raise RefusedError("this key is another person's", hint="Choose your own key.")
            if any(one == person and other != kid for other, (_, one) in known.items()):
                raise RefusedError("one person signs with one key", hint="Your key is on the first page.")
            self._write({**known, kid: (key, person)})

    def give_up(self, kid: str) -> None:
        """Forget whose a key is: that person signs no more, or the key was replaced."""
        with _LOCK:
            self._write({one: whose for one, whose in self.all().items() if one != kid})

    def _write(self, known: dict[str, tuple[str, str]]) -> None:
        whole = self._path.with_suffix(".tmp")
        text = json.dumps({kid: {"key": key, "person": person} for kid, (key, person) in known.items()}, indent=2)
        with open(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        whole.replace(self._path)
        fsync_folder(self._path.parent)
