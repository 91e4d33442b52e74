"""A real security module in software: SoftHSM2 with one token a person, in a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from verifier.edge.pkcs11_signer import TokenKey

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm.so",
)
PEOPLE = ("assessor", "decider")


@dataclass(frozen=True)
class Tokens:
    """The module, and the tokens by the person who holds each."""

    module: str
    pins: dict[str, str]

    def key(self, person: str, label: str) -> TokenKey:
        return TokenKey(module=self.module, token=f"token of {person}", label=label)

    def pin(self, person: str) -> bytes:
        return self.pins[person].encode()


@pytest.fixture(scope="session")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tokens]:
    """Two tokens. The module reads where they are when it is loaded, which happens once in a process."""
    module = next((place for place in PLACES if Path(place).exists()), None)
    if module is None or shutil.which("softhsm2-util") is None:
        pytest.skip("SoftHSM2 is not installed: run `make system`")
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n")
    pins = {person: f"pin of the {person}" for person in PEOPLE}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(configuration))
        for person, pin in pins.items():
            named = ["--label", f"token of {person}", "--so-pin", "a pin of the officer", "--pin", pin]
            subprocess.run(
                ["softhsm2-util", "--init-token", "--free", *named], check=True, env=os.environ, capture_output=True
            )
        yield Tokens(module, pins)
