"""The two operators of a data folder, at their desk before its running registry."""

from __future__ import annotations

import json
import secrets
import time
from pathlib import Path

import httpx

from registry.data_folder import OPERATORS, DataFolder
from registry.desk.operator_desk import OperatorDesk
from registry.household.child import now
from registry.settings import read_passphrase
from verifier.edge.keystore import load_signer
from verifier.edge.write_api import Addresses
from verifier.errors import NotFoundError, WrongUseError


def operators_desk(directory: Path) -> OperatorDesk:
    """Return the two operators' desk over the running registry of a data folder. Raises NotFoundError."""
    data, passphrase = DataFolder(directory), read_passphrase()
    first, second = (load_signer(data.key(name), passphrase) for name in OPERATORS)
    return OperatorDesk(
        host=data.trust_root().host,
        first=first,
        second=second,
        http=httpx.Client(timeout=10),
        addresses=read_addresses(data),
        clock=now,
        entropy=secrets.token_bytes,
        pause=lambda: time.sleep(0.5),
        root=data.trust_root(),
    )


def read_addresses(data: DataFolder) -> Addresses:
    """Return where the running registry answers. Raises NotFoundError when none runs over this folder."""
    try:
        urls = json.loads(data.run_file.read_text("utf-8"))["urls"]
        return Addresses(read=urls["reader"], api=urls["api"])
    except FileNotFoundError as error:
        raise NotFoundError("no registry runs over this folder", hint="shirushi serve --dir DIR") from error
    except (ValueError, KeyError) as error:
        raise WrongUseError(f"{data.run_file} cannot be read", hint="Start the registry again.") from error
