"""Who is let in: invitations, passkeys, recovery codes, sessions, the journal.

Tokens are 256 bits of chance, shown once and kept as digests; a recovery code is 80 bits and good for one use.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from verifier.edge.console import queries
from verifier.edge.console.errors import PasskeyError, SignedOutError
from verifier.edge.console.people import (
    CHALLENGED_FOR,
    CODES,
    IDLE,
    INVITED_FOR,
    LONGEST,
    Invitation,
    JournalLine,
    Passkey,
    Person,
    Session,
)
from verifier.encoding import b64u, digest
from verifier.errors import NotFoundError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from verifier.edge.console.accounts_database import AccountsDatabase
    from verifier.edge.console.passkeys import RelyingParty
    from verifier.edge.console.people import Way
    from verifier.injected import Clock, Entropy

    CheckRoles = Callable[[frozenset[str], Iterable[Person]], None]

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SEEN_EVERY = 60
SIGN_IN = "sign-in"


@dataclass(frozen=True)
class Enrolled:
    """Somebody new: their session's token, and the recovery codes that are shown once."""

    person: Person
    token: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Accounts:
    """The accounts of one console."""

    database: AccountsDatabase
    party: RelyingParty
    now: Clock
    entropy: Entropy

    def invite(
        self, name: str, *, roles: frozenset[str], by: str, unit: str = "", person: str = ""
    ) -> tuple[Invitation, str]:
        """Invite somebody, or with ``person`` let somebody who is there make another passkey; return the token too.

        Raises RefusedError without a name or a role.
        """
        if not name.strip() or not roles:
            raise RefusedError("an invitation needs a name and a role")
        token = self._token()
        until = self.now() + INVITED_FOR
        invitation = Invitation(_kept(token), name.strip()[:100], roles, unit, person, by[:100], until)
        with self.database.transaction() as db:
            queries.forget_over(db, now=self.now(), idle=IDLE, longest=LONGEST)
            queries.insert_invitation(db, invitation)
        return invitation, token

    def invitation(self, token: str) -> Invitation:
        """Return what a token invites to. Raises NotFoundError when it was used or is too old."""
        with self.database.transaction() as db:
            found = queries.load_invitation(db, _kept(token))
        if found is None or self.now() >= found.until:
            raise NotFoundError("this invitation was used or is too old", hint="Ask for another one.")
        return found

    def ask_to_enrol(self, token: str) -> str:
        """Return the options of the new passkey of an invitation. Raises NotFoundError."""
        found = self.invitation(token)
        person = found.person or _handle(found)
        with self.database.transaction() as db:
            known = queries.passkeys_of(db, person)
        challenge = self._challenge(f"enrol {found.id}")
        return self.party.ask_to_create(challenge, handle=person.encode(), name=found.name, known=known)

    def enrol(self, token: str, answer: str, *, label: str, check_roles: CheckRoles) -> Enrolled:
        """Take a new passkey, and with it the person that was invited.

        Raises NotFoundError, PasskeyError, and RefusedError where somebody else has a role by now.
        """
        found = self.invitation(token)
        created = self.party.created(answer)
        self._check_challenge(created.challenge, f"enrol {found.id}")
        passkey_id, public_key, count = created.judge()
        now, codes = self.now(), tuple(self._code() for _ in range(CODES))
        person = Person(found.person or _handle(found), found.name, found.roles, found.unit, now)
        with self.database.transaction() as db:
            if queries.load_invitation(db, found.id) is None or queries.load_passkey(db, passkey_id):
                raise NotFoundError("this invitation was used meanwhile", hint="Ask for another one.")
            queries.remove_invitation(db, found.id)
            if not found.person:
                check_roles(found.roles, [one for one in queries.list_people(db) if one.unit == found.unit])
                queries.insert_person(db, person)
            kept = queries.load_person(db, person.id)
            if kept is None or kept.blocked_at is not None:
                raise RefusedError("this account is blocked")
            queries.insert_passkey(db, Passkey(passkey_id, person.id, public_key, count, label[:100], now))
            queries.replace_recovery_codes(db, person.id, (_kept(code) for code in codes))
        return Enrolled(kept, self._begin(person.id, "passkey"), codes)

    def ask_to_sign_in(self) -> str:
        """Return the options to sign in."""
        return self.party.ask_to_sign(self._challenge(SIGN_IN))

    def sign_in(self, answer: str) -> str:
        """Let in who holds a passkey; return the session's token. Raises PasskeyError."""
        signed = self.party.signed(answer)
        with self.database.transaction() as db:
            in_time = queries.take_challenge(db, _kept_bytes(signed.challenge), purpose=SIGN_IN, now=self.now())
            passkey = queries.load_passkey(db, signed.passkey_id)
            person = queries.load_person(db, passkey.person) if passkey else None
        if not in_time or passkey is None or person is None or person.blocked_at is not None:
            raise PasskeyError("nobody is known by this passkey, or the page was open for too long", hint="Try again.")
        count = signed.judge(passkey)
        with self.database.transaction() as db:
            queries.note_passkey_used(db, passkey.id, sign_count=count, at=self.now())
        return self._begin(person.id, "passkey")

    def ask_to_add(self, person: Person) -> str:
        """Return the options of another passkey of somebody who is signed in."""
        with self.database.transaction() as db:
            known = queries.passkeys_of(db, person.id)
        challenge = self._challenge(f"add {person.id}")
        return self.party.ask_to_create(challenge, handle=person.id.encode(), name=person.name, known=known)

    def add_passkey(self, person: Person, answer: str, *, label: str) -> None:
        """Keep another passkey of somebody who is signed in. Raises PasskeyError."""
        created = self.party.created(answer)
        self._check_challenge(created.challenge, f"add {person.id}")
        passkey_id, public_key, count = created.judge()
        with self.database.transaction() as db:
            if queries.load_passkey(db, passkey_id):
                raise PasskeyError("this passkey is known already", hint="Use another authenticator.")
            queries.insert_passkey(db, Passkey(passkey_id, person.id, public_key, count, label[:100], self.now()))

    def renew_codes(self, person: Person) -> tuple[str, ...]:
        """Return new recovery codes, which are shown once; the old ones are void."""
        codes = tuple(self._code() for _ in range(CODES))
        with self.database.transaction() as db:
            queries.replace_recovery_codes(db, person.id, (_kept(code) for code in codes))
        return codes

    def recover(self, code: str) -> str:
        """Let in who has a recovery code, to make a new passkey and no more. Raises PasskeyError."""
        spelled = code.upper().replace("O", "0").replace("I", "1").replace("L", "1")
        plain = "".join(one for one in spelled if one in _LETTERS)
        with self.database.transaction() as db:
            owner = queries.take_recovery_code(db, _kept(_grouped(plain)))
            person = queries.load_person(db, owner) if owner else None
        if person is None or person.blocked_at is not None:
            raise PasskeyError("this is no recovery code, or it was used", hint="Each code is good for one use.")
        return self._begin(person.id, "recovery")

    def visitor(self, token: str) -> tuple[Session, Person]:
        """Return whose session this is. Raises SignedOutError."""
        with self.database.transaction() as db:
            session = queries.load_session(db, _kept(token))
            person = queries.load_person(db, session.person) if session else None
            if session is None or person is None or person.blocked_at is not None or session.is_over(self.now()):
                raise SignedOutError("nobody is signed in", hint="Sign in.")
            if self.now() - session.seen_at >= SEEN_EVERY:
                queries.change_session(db, session.id, seen_at=self.now())
        return session, person

    def sign_out(self, session_id: str) -> None:
        """End a session."""
        with self.database.transaction() as db:
            queries.end_session(db, session_id)

    def speak(self, session_id: str, lang: str) -> None:
        """Keep the language in which a session is spoken to."""
        with self.database.transaction() as db:
            queries.change_session(db, session_id, lang=lang)

    def write_down(self, person: str, *, act: str, about: str, outcome: str) -> None:
        """Add a line to the journal."""
        with self.database.transaction() as db:
            queries.insert_line(db, JournalLine(self.now(), person, act[:200], about[:300], outcome[:64]))

    def _begin(self, person: str, way: Way) -> str:
        token, now = self._token(), self.now()
        with self.database.transaction() as db:
            queries.forget_over(db, now=now, idle=IDLE, longest=LONGEST)
            queries.insert_session(db, Session(_kept(token), person, way, now, now))
        return token

    def begin_session(self, person: str) -> str:
        """Begin the session of somebody who is known by other means: at the command line of this folder."""
        return self._begin(person, "passkey")

    def _challenge(self, purpose: str) -> bytes:
        challenge = self.entropy(32)
        with self.database.transaction() as db:
            queries.forget_over(db, now=self.now(), idle=IDLE, longest=LONGEST)
            until = self.now() + CHALLENGED_FOR
            queries.insert_challenge(db, _kept_bytes(challenge), purpose=purpose, until=until)
        return challenge

    def _check_challenge(self, challenge: bytes, purpose: str) -> None:
        with self.database.transaction() as db:
            in_time = queries.take_challenge(db, _kept_bytes(challenge), purpose=purpose, now=self.now())
        if not in_time:
            raise PasskeyError("the passkey answers another question, or too late", hint="Open the page again.")

    def _token(self) -> str:
        return b64u(self.entropy(32))

    def _code(self) -> str:
        return _grouped("".join(_LETTERS[byte & 31] for byte in self.entropy(16)))


def _grouped(code: str) -> str:
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def _handle(invitation: Invitation) -> str:
    """Return the id of the person that an invitation makes: the same each time the invitation is opened."""
    return digest(f"person {invitation.id}".encode())[:22]


def _kept(token: str) -> str:
    return _kept_bytes(token.encode())


def _kept_bytes(token: bytes) -> str:
    return digest(token)
