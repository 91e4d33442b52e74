"""The story at the border: a foreign operator signs an agreement, and one of its certificates counts as a tier.

The partner is invented, and so is its scheme. It signs the terms and the certificate with keys of its own.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from recognition.agreement_folder import first_draft
from recognition.authenticate.signed_token import authenticate_token
from recognition.foreign_desk import ForeignDesk, ForeignOperator
from recognition.shipped import load_scheme, mapping_files, scheme_files
from recognition.treaty import parse_treaty
from registry.desk.operator_desk import Accreditation
from registry.scenario import cast
from registry.treaty.desk import RecognitionDesk, ask
from verifier.dates import local_date, utc_text
from verifier.edge.client import HttpFetcher
from verifier.edge.packs import load_pack
from verifier.edge.write_api import WriteApi
from verifier.encoding import b64u
from verifier.envelope import DAY
from verifier.errors import NotFoundError, UnavailableError
from verifier.names import agreement_uri
from verifier.signer import SoftwareSigner
from verifier.tier import Tier
from verifier.trust.recognition_list import LATEST, read_recognition_list

if TYPE_CHECKING:
    from recognition.treaty import Treaty
    from registry.desk.operator_desk import OperatorDesk
    from registry.scenario.stage import Stage
    from registry.scenario.story import Tell
    from registry.treaty.desk import Asked, Recorded
    from verifier.signer import Signer

SCHEME, MAPPING, LABEL = "example.partner-scheme", "partner-to-scs3", "jp-partner"
OPERATOR_NO = 9001
ISSUER = "https://certificates.partner.example"
TYP = "certificate+jwt"
TARGET = Tier(cast.SCHEME, 3)
LOOKS = 240

_PROFILE = """\
# How a certificate of the partner is authenticated: by a token under the key that is bound here to its issuer.
scheme = "{scheme}"
zone = "{zone}"

[token]
typ = "{typ}"

[claims]
number = {{ at = "/no" }}
level = {{ at = "/level" }}
version = {{ at = "/version" }}
holder = {{ at = "/holder" }}
issued = {{ at = "/issued", form = "seconds" }}
expires = {{ at = "/expires", form = "seconds" }}
status = {{ at = "/status" }}

[[issuers]]
id = "{operator}"
iss = "{issuer}"

[[issuers.keys]]
kid = "{kid}"
alg = "ES256"
jwk = {{ kty = "EC", crv = "P-256", x = "{x}", y = "{y}" }}
"""


class BorderStory:
    """Plays the border on one stage. ``directory`` is the key that records recognitions."""

    def __init__(self, stage: Stage, authority: OperatorDesk, *, directory: Signer, tell: Tell) -> None:
        self._stage = stage
        self._authority = authority
        self._tell = tell
        self._plane = HttpFetcher(stage.addresses.read, stage.http)
        self.registry = WriteApi(stage.http, stage.addresses, pause=lambda: stage.pass_time(0.5), root=stage.root)
        self._desk = RecognitionDesk(
            stage.root.host, signer=directory, registry=self.registry, clock=stage.clock, entropy=stage.entropy
        )
        self._issuer = SoftwareSigner.generate(stage.entropy)
        self.foreign: ForeignDesk | None = None
        """The other side's desk, once it is listed."""

    def play(self) -> Recorded:
        """Play all acts; return the recognition that stands in the log at the end."""
        foreign = self.list_operator()
        files = self.folder()
        treaty = parse_treaty(files, pack_of=load_pack)
        self._agree(foreign, files, treaty)
        return self._recognise(treaty)

    def folder(self) -> dict[str, bytes]:
        """Return the agreement's folder: public comment is over, and a self-declared level counts for nothing."""
        today = local_date(self._stage.clock(), cast.ZONE)
        files = first_draft(
            LABEL,
            scheme=load_scheme(SCHEME),
            scheme_files=scheme_files()[SCHEME],
            mapping_files=mapping_files()[MAPPING],
            pack=load_pack(cast.SCHEME, cast.VERSION),
            today=today - timedelta(days=40),
        )
        profile = _PROFILE.format(
            scheme=SCHEME,
            zone=cast.ZONE,
            typ=TYP,
            operator=load_scheme(SCHEME).head.operator,
            issuer=ISSUER,
            kid=self._issuer.kid,
            x=self._issuer.jwk["x"],
            y=self._issuer.jwk["y"],
        )
        terms = files["agreement.toml"].replace(b"declared = 3\n", b"")
        return {**files, "agreement.toml": terms, "authentication.toml": profile.encode()}

    def certificate(self) -> str:
        """Return a certificate as the partner signs it for a supplier."""
        now = self._stage.clock()
        return self._signed(
            {
                "iss": ISSUER,
                "iat": now - DAY,
                "exp": now + 100 * DAY,
                "no": "EP-0001",
                "level": "reviewed",
                "version": "2026",
                "holder": cast.SUPPLIER_5.identifier,
                "issued": now - 20 * DAY,
                "expires": now + 300 * DAY,
                "status": "active",
            }
        )

    def list_operator(self) -> ForeignDesk:
        """Let the authority list the other side's operator with its key."""
        stage = self._stage
        now = stage.clock()
        admitted = self._authority.accredit(
            Accreditation(
                no=OPERATOR_NO,
                role="foreign_operator",
                identifier=cast.PARTNER.identifier,
                name=cast.PARTNER.name_latin,
                scope=(),
                operates=(SCHEME,),
                begins=now - DAY,
                ends=now + 1000 * DAY,
            )
        )
        self._tell("Foreign operator listed", f"{cast.PARTNER.name_latin}, for {SCHEME}: log entry {admitted.index}")
        operator = ForeignOperator(stage.root.host, OPERATOR_NO, "h-partner")
        signer = SoftwareSigner.generate(stage.entropy)
        desk = ForeignDesk(operator, signer=signer, clock=stage.clock, entropy=stage.entropy)
        self._authority.add_key(desk.prove_key())
        stage.pass_time(1)
        self.foreign = desk
        return desk

    def _agree(self, foreign: ForeignDesk, files: dict[str, bytes], treaty: Treaty) -> None:
        uri = agreement_uri(self._stage.root.host, LABEL)
        proposed = foreign.propose(files, version=1, registry=self.registry, pack_of=load_pack)
        self._tell("Agreement proposed", f"the other side signs {LABEL}, {treaty.sha256}: entry {proposed.index}")
        announced = self._authority.submit("agreement.announced", uri, treaty.statement_public(1))
        self._tell("Agreement announced", f"by two operators, public comment is over: log entry {announced.index}")
        public = {name: one for name, one in treaty.statement_public(1).items() if name != "scheme"}
        effective = self._stage.clock() + 1
        begun = self._authority.submit("agreement.in_force", uri, {**public, "effective": effective})
        self._tell("Agreement in force", f"both sides signed the same files: log entry {begun.index}")

    def _recognise(self, treaty: Treaty) -> Recorded:
        self._wait_for_list(treaty)
        asked = self._asked(treaty)
        recorded = self._desk.record(asked)
        tier, until = recorded.public.tier, utc_text(recorded.public.until)
        self._tell("Certificate recognised", f"equivalent to {tier} until {until}: {recorded.uri}")
        self._wait_until_shown(recorded)
        return recorded

    def _asked(self, treaty: Treaty) -> Asked:
        now = self._stage.clock()
        if treaty.profile is None:
            raise NotFoundError("the agreement does not say how certificates are authenticated")
        found = authenticate_token(self.certificate(), treaty.profile, now=now)
        detail = f"token of {ISSUER}, assurance {found.record.assurance}"
        self._tell("Certificate authentic", detail)
        return ask(self._plane, self._stage.root, LABEL, found.certificate, target=TARGET, now=now)

    def _wait_for_list(self, treaty: Treaty) -> None:
        uri = agreement_uri(self._stage.root.host, LABEL)
        for _ in range(LOOKS):
            try:
                found = read_recognition_list(self._plane.fetch(LATEST), self._stage.root).agreement(uri)
            except NotFoundError:
                found = None
            begun = [one.effective for one in found.events] if found else []
            if begun and begun[-1] <= self._stage.clock():
                return
            self._stage.pass_time(0.5)
        raise UnavailableError(f"the recognition list does not show {treaty.terms.id} in force")

    def _wait_until_shown(self, recorded: Recorded) -> None:
        for _ in range(LOOKS):
            size = json.loads(self._plane.fetch("directory/latest"))["size"]
            if size > recorded.admitted.index:
                return
            self._stage.pass_time(0.5)
        raise UnavailableError("no directory shows the recognition")

    def _signed(self, payload: dict[str, object]) -> str:
        header = {"alg": "ES256", "kid": self._issuer.kid, "typ": TYP}
        parts = ".".join(b64u(json.dumps(one).encode()) for one in (header, payload))
        return f"{parts}.{b64u(self._issuer.sign(parts.encode()))}"
