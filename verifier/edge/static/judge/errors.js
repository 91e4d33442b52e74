// The errors of the judge: the same tree and the same stable codes as verifier/errors.py.
// Evidence that is bad, what could not be found out, and a call that is wrong are three different things.

export class MarkError extends Error {
  static code = "error";

  get code() {
    return this.constructor.code;
  }
}

export class EvidenceError extends MarkError {
  static code = "evidence_bad";
}
export class MalformedError extends EvidenceError {
  static code = "malformed";
}
export class EnvelopeError extends EvidenceError {
  static code = "envelope";
}
export class SignatureError extends EvidenceError {
  static code = "signature";
}
export class KeyRefusedError extends EvidenceError {
  static code = "key_refused";
}
export class ProofError extends EvidenceError {
  static code = "proof";
}
export class StatementError extends EvidenceError {
  static code = "statement";
}
export class TrustRootError extends EvidenceError {
  static code = "trust_root";
}
export class RefusedError extends EvidenceError {
  static code = "refused";
}

export class UnavailableError extends MarkError {
  static code = "unavailable";
}
export class NotFoundError extends UnavailableError {
  static code = "not_found";
}
export class NewerVersionError extends UnavailableError {
  static code = "needs_newer_verifier";
}

export class WrongUseError extends MarkError {
  static code = "wrong_use";
}
