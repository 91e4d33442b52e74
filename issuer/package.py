"""The package folder of a mark: everything that its holder needs to show it and that anybody needs to check it.

The folder appears whole or not at all. The bundle is composed from the read plane, as every other reader would.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from issuer.case import Rules
from issuer.decision import Granted
from issuer.intake import name_disclosure
from issuer.issuance import Signed
from verifier.dates import last_valid_day, local_date
from verifier.edge.drawing.qr import qr_png, qr_svg
from verifier.encoding import canonical
from verifier.gather import Fetcher, gather
from verifier.identifier import parse_identifier
from verifier.mark import Mark, parse_mark
from verifier.seal import scan_text

README = """\
{label_ja}　登録番号 {number}
{name}
有効期間　{first} から {last} まで（{zone}）

mark.jwt          署名された登録証（証明の本体）
mark.tlog-proof   公開ログに記録されたことの証明
attestation.jwt   評価者の署名
bundle.json       ネットワークなしで検証するための一式
qr.svg, qr.png    印刷・掲載用の二次元コード（縁の余白を残し、4色印刷でも黒一色で）
検証　shirushi verify qr.png --offline --bundle bundle.json --root 1.json
二次元コードの隣に、登録先のアドレス {host} を文字で記してください。

----

{label_en}, registration number {number}
{name}
valid from {first} to {last} ({zone})

mark.jwt          the signed mark itself
mark.tlog-proof   proof that the public log holds it
attestation.jwt   the assessor's signature
bundle.json       everything needed to verify without a network
qr.svg, qr.png    the code to print or show (keep the margin, plain black)
To verify: shirushi verify qr.png --offline --bundle bundle.json --root 1.json
Print the registry's address {host} as text beside the code.
"""


CREDENTIAL = "mark.sd-jwt"
CREDENTIAL_README = """
mark.sd-jwt       ウォレット用の登録証（SD-JWT VC）。公開されません。見せる項目は保有者が選びます。

mark.sd-jwt       the mark for a wallet (SD-JWT VC); it is published nowhere, and you choose what to show of it
"""


def write_package(out: Path, granted: Granted, signed: Signed, *, proof: bytes, fetcher: Fetcher) -> Path:
    """Write the folder ``out/<mark id>`` and return it; an earlier one of the same mark is replaced.

    Raises UnavailableError when the read plane cannot be reached.
    """
    mark = parse_mark(signed.mark)
    text = scan_text(signed.seal)
    files = {
        "mark.jwt": signed.mark.encode("ascii"),
        "mark.tlog-proof": proof,
        "attestation.jwt": granted.attested.compact.encode("ascii"),
        "bundle.json": gather(fetcher, mark.id).serialize(),
        "qr.svg": qr_svg(text),
        "qr.png": qr_png(text),
        "README.txt": _readme(mark, granted.rules).encode("utf-8"),
    }
    if signed.credential is not None:
        files[CREDENTIAL] = signed.credential.encode("ascii")
        files["README.txt"] += CREDENTIAL_README.encode("utf-8")
    person = granted.case.handling.person
    if person is not None:
        opened = name_disclosure(person, host=mark.host, identifier=parse_identifier(mark.content.org.identifiers[0]))
        files["name.json"] = canonical(opened)
    folder, partial = out / mark.id, out / f".{mark.id}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for name, content in files.items():
        _write_durably(partial / name, content)
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)
    return folder


def _readme(mark: Mark, rules: Rules) -> str:
    return README.format(
        label_ja=f"{mark.content.scheme} {rules.tier.label.ja}",
        label_en=f"{mark.content.scheme} {rules.tier.label.en}",
        number=mark.content.number,
        name=mark.content.org.name,
        first=local_date(mark.nbf, rules.zone),
        last=last_valid_day(mark.exp, rules.zone),
        zone=rules.zone,
        host=mark.host,
    )


def _write_durably(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
