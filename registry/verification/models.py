"""The JSON of the verification service."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from verifier.answer_receipt import AskedFor, Challenge
from verifier.edge.drawing.qr import MAX_IMAGE_BYTES
from verifier.schema import Digest
from verifier.verdict_json import VerdictMembers

LONGEST_TEXT = 16_384
LONGEST_IMAGE = 4 * -(-MAX_IMAGE_BYTES // 3)
"""Characters of the largest image in base64."""
EXAMPLE_MARK = "a49v3y4qet7wz1q82a0e1y6y2w"
EXAMPLE_NUMBER = "0188-5010001067883"
_Text = Annotated[str, Field(max_length=400)]

A_DAY = "A date is its first second, in the zone of the scheme (Asia/Tokyo), as is a time without an offset."


class _Beside(BaseModel):
    """What is expected of a mark, and of the answer, beside the question itself."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    subject: Annotated[str, Field(max_length=80, description="Who is expected to hold the mark.")] | None = None
    policy: Annotated[dict[str, Any], Field(max_length=32, description="What is demanded.")] | None = None
    as_of: (
        Annotated[
            str,
            Field(
                max_length=40,
                description=f"ISO 8601: dates are judged as of then, by the statements known now. {A_DAY}",
            ),
        ]
        | None
    ) = None
    known_at: (
        Annotated[
            str,
            Field(
                max_length=40,
                description=(
                    f"ISO 8601, or a number of entries: what the log held by then. {A_DAY} For all that came to be "
                    "known on a day, give the next one."
                ),
            ),
        ]
        | None
    ) = None
    nonce: Annotated[Challenge, Field(description="Stands in the receipt: the answer is not an old one.")] | None = None
    evidence: Annotated[bool, Field(description="Give the evidence with the answer.")] = False


class LookUp(_Beside):
    """A question about one mark, one text or one identifier, and what is expected beside it.

    ``policy`` holds the members of a policy file (docs/specification/policy.md). With ``known_at`` or an ``as_of`` that
    has passed, the answer tells the history of the object too.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"mark": EXAMPLE_MARK},
                {"identifier": EXAMPLE_NUMBER, "policy": {"version": 1, "tier": "jp.meti.scs/3"}, "evidence": True},
                {"text": f"https://shirushi.example/m/{EXAMPLE_MARK}#123456789", "nonce": "a-word-of-my-own"},
            ]
        },
    )

    mark: Annotated[str, Field(max_length=64, description="A mark's id, however it was typed.")] | None = None
    text: (
        Annotated[str, Field(max_length=LONGEST_TEXT, description="The text of a QR, a mark's token or its address.")]
        | None
    ) = None
    identifier: (
        Annotated[
            str, Field(max_length=80, description="ICD-value such as 0060-150483782; a bare 法人番号 or LEI too.")
        ]
        | None
    ) = None

    @model_validator(mode="after")
    def _is_one_question(self) -> LookUp:
        if sum(one is not None for one in (self.mark, self.text, self.identifier)) != 1:
            raise ValueError("ask about exactly one of mark, text and identifier")
        if self.identifier is not None and self.subject is not None:
            raise ValueError("subject is for questions about a mark")
        return self


class ImageLookUp(_Beside):
    """A question about the mark whose QR an image shows, and what is expected beside it, as in a ``LookUp``."""

    image: Annotated[
        str,
        Field(
            description="Base64 with padding (RFC 4648) of a PNG, JPEG, WebP, GIF, BMP or TIFF, 20 MB at most.",
            # Told, not checked: what is too large gets 413 however it was sent.
            json_schema_extra={"contentEncoding": "base64", "maxLength": LONGEST_IMAGE},
        ),
    ]


class Searched(BaseModel):
    """What was looked up, in the directory over how many entries. Nothing else was searched."""

    subjects: tuple[_Text, ...]
    directory_size: int | None = None


class ListedMarkMembers(BaseModel):
    """A mark that the directory lists for an organisation. Times are UTC seconds."""

    link: Literal["held", "covered"]
    mark: str
    nbf: int
    scheme: str
    scope_kind: str
    state: str
    tier: int
    until: int
    state_as_of: Annotated[
        str,
        Field(
            description=(
                "The newest state that the directory knows, with what the clock makes of it by the time asked about: "
                "a mark that was active then and has been ended since has ended. What was known then stands in history."
            )
        ),
    ]


class RecognisedMembers(BaseModel):
    """A foreign certificate that counts as a tier; ``kind`` is empty while its agreement is not in force."""

    uri: str
    scheme: str
    tier: int
    kind: str
    until: int


class MarkAnswer(BaseModel):
    """The answer about a mark: the whole verdict, with every check."""

    kind: Literal["mark"]
    verdict: VerdictMembers
    searched: Searched


class IdentifierAnswer(BaseModel):
    """The answer about an organisation. ``found`` false is proven absence from the public part of the registry.

    ``outcome`` is there when a policy was given: see docs/specification/check-receipt.md.
    """

    kind: Literal["identifier"]
    found: bool
    as_of: int
    known_at: int
    marks: tuple[ListedMarkMembers, ...]
    recognised: tuple[RecognisedMembers, ...]
    declared: bool
    searched: Searched
    outcome: dict[str, Any] | None = None


class AnswerDocument(BaseModel):
    """An answer, the question that it is to, and the signed receipt over both.

    ``evidence`` is what the answer was made of (docs/specification/bundle.md), ``history`` what docs/reference/http.md
    says under /history. ``if_nothing_changes`` is there, and ``history`` null, where the day asked about has not come:
    the answer is how it stands then by the clock alone.
    """

    answer: Annotated[MarkAnswer | IdentifierAnswer, Field(discriminator="kind")]
    question: AskedFor
    receipt: Annotated[str, Field(description="verification-receipt+jwt")]
    evidence_sha256: Digest
    evidence: dict[str, Any] | None = None
    history: dict[str, Any] | None = None
    if_nothing_changes: Literal[True] | None = None
