"""The demonstration witnesses' process: all of them under one roof, each with its key and store."""

from __future__ import annotations

from registry.household.child import Child, now
from registry.settings import read_passphrase
from registry.witness.house import HouseConfig, create_app
from registry.witness.service import WitnessConfig
from verifier.edge.keystore import load_note_key
from verifier.edge.web_server import serve_application
from verifier.errors import WrongUseError
from verifier.log.note import parse_vkey


def run(child: Child) -> None:
    """Serve the witnesses until told to end. Raises WrongUseError when the data folder has none."""
    passphrase, root = read_passphrase(), child.data.trust_root()
    logs = tuple(parse_vkey(one.vkey) for one in root.content.log_keys)
    witnesses = {}
    for witness in child.data.own_witnesses():
        store = child.data.witness_store(witness.name)
        store.parent.mkdir(exist_ok=True)
        key = load_note_key(child.data.witness_key(witness.name), passphrase)
        witnesses[witness.name] = WitnessConfig(witness.key.name, key, store, logs, now)
    if not witnesses:
        raise WrongUseError("this data folder has no demonstration witnesses")
    app = create_app(HouseConfig(witnesses))
    serve_application(app, address=child.settings.listen, port=child.port, hold=child.hold)
