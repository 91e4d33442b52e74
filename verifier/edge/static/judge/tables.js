// Written by python -m verifier.edge.judge_tables out of the judge in Python. Do not edit.

export const CHECKS = [
 "format",
 "trust_root",
 "registry",
 "checkpoint",
 "witnesses",
 "history",
 "inclusion",
 "signature",
 "seal",
 "registration",
 "two_persons",
 "keys",
 "accreditation",
 "criteria",
 "technical_verification",
 "dating",
 "directory",
 "state",
 "validity_period",
 "subject",
 "requirement",
 "freshness"
];

export const CONSTANTS = {
 "CLOCK_SKEW": 120,
 "MAX_TIME": 137438953472,
 "LIVE_WITHIN": 7200,
 "LONGEST_DATING": 86400,
 "LONGEST_DENIAL": 7200,
 "LONGEST_SUSPENSION": 15897600,
 "LONGEST_EXTENSION_DAYS": 184,
 "EARLIEST_ISSUE": 8640000,
 "SOLE_NAME": "個人事業主",
 "SOLE_NAME_LATIN": "Sole proprietor",
 "SEAL_NAME_BYTES": 87,
 "BUNDLE_MAX_BYTES": 4194304,
 "ROOT_MAX_BYTES": 1048576,
 "ROOT_LONGEST_LIFE": 34300800
};

export const HEADLINES = {
 "forged": 1,
 "unknown_issuer": 1,
 "annulled": 1,
 "withdrawn": 1,
 "cancelled": 1,
 "suspended": 1,
 "not_yet_valid": 1,
 "expired": 1,
 "superseded": 1,
 "void_key": 1,
 "below_requirement": 1,
 "subject_mismatch": 1,
 "not_found": 1,
 "unknown_registry": 2,
 "not_confirmed": 2,
 "test_mark": 1,
 "seal_only": 2,
 "valid_offline": 0,
 "valid": 0
};

export const KINDS = {
 "trust_root.published": {
  "object": "trust",
  "schema": "TrustRootPublished",
  "effect": "record",
  "signings": [
   [
    "operator",
    "operator"
   ]
  ]
 },
 "scheme.published": {
  "object": "s",
  "schema": "SchemePublished",
  "effect": "record",
  "signings": [
   [
    "operator",
    "operator"
   ]
  ]
 },
 "body.accredited": {
  "object": "e",
  "schema": "BodyAccredited",
  "effect": "grant",
  "signings": [
   [
    "operator",
    "operator"
   ]
  ]
 },
 "body.amended": {
  "object": "e",
  "schema": "BodyAmended",
  "effect": "grant",
  "signings": [
   [
    "operator",
    "operator"
   ]
  ]
 },
 "body.suspended": {
  "object": "e",
  "schema": "Reason",
  "effect": "taking_away",
  "signings": [
   [
    "operator",
    "operator"
   ],
   [
    "operator",
    null
   ]
  ]
 },
 "body.reinstated": {
  "object": "e",
  "schema": "Empty",
  "effect": "grant",
  "signings": [
   [
    "operator",
    "operator"
   ]
  ]
 },
 "body.withdrawn": {
  "object": "e",
  "schema": "BodyWithdrawn",
  "effect": "taking_away",
  "signings": [
   [
    "operator",
    "operator"
   ]
  ]
 },
 "expert.listed": {
  "object": "x",
  "schema": "ExpertListed",
  "effect": "grant",
  "signings": [
   [
    "operator",
    "operator"
   ]
  ]
 },
 "expert.delisted": {
  "object": "x",
  "schema": "Reason",
  "effect": "taking_away",
  "signings": [
   [
    "operator",
    "operator"
   ]
  ]
 },
 "key.added": {
  "object": "k",
  "schema": "KeyAdded",
  "effect": "grant",
  "signings": [
   [
    "operator",
    "operator"
   ]
  ]
 },
 "key.retired": {
  "object": "k",
  "schema": "Empty",
  "effect": "taking_away",
  "signings": [
   [
    "operator",
    null
   ],
   [
    "decider",
    null
   ]
  ]
 },
 "key.revoked": {
  "object": "k",
  "schema": "KeyRevoked",
  "effect": "taking_away",
  "signings": [
   [
    "operator",
    "operator"
   ]
  ]
 },
 "declaration.registered": {
  "object": "o",
  "schema": "DeclarationRegistered",
  "effect": "grant",
  "signings": [
   [
    "decider",
    null
   ]
  ]
 },
 "declaration.stopped": {
  "object": "o",
  "schema": "DeclarationStopped",
  "effect": "taking_away",
  "signings": [
   [
    "decider",
    null
   ],
   [
    "operator",
    "operator"
   ]
  ]
 },
 "mark.issued": {
  "object": "m",
  "schema": "MarkIssued",
  "effect": "grant",
  "signings": [
   [
    "decider",
    "assessor"
   ]
  ]
 },
 "mark.corrected": {
  "object": "m",
  "schema": "MarkCorrected",
  "effect": "grant",
  "signings": [
   [
    "decider",
    "assessor"
   ]
  ]
 },
 "mark.suspended": {
  "object": "m",
  "schema": "MarkSuspended",
  "effect": "taking_away",
  "signings": [
   [
    "decider",
    null
   ],
   [
    "operator",
    "operator"
   ],
   [
    "directory",
    null
   ]
  ]
 },
 "mark.reinstated": {
  "object": "m",
  "schema": "Empty",
  "effect": "grant",
  "signings": [
   [
    "decider",
    "body_holder"
   ],
   [
    "operator",
    "operator"
   ]
  ]
 },
 "mark.scope_changed": {
  "object": "m",
  "schema": "Successor",
  "effect": "grant",
  "signings": [
   [
    "decider",
    "assessor"
   ]
  ]
 },
 "mark.superseded": {
  "object": "m",
  "schema": "Successor",
  "effect": "grant",
  "signings": [
   [
    "decider",
    "assessor"
   ],
   [
    "operator",
    "operator"
   ]
  ]
 },
 "mark.withdrawn": {
  "object": "m",
  "schema": "Reason",
  "effect": "taking_away",
  "signings": [
   [
    "decider",
    "body_holder"
   ],
   [
    "operator",
    "operator"
   ],
   [
    "directory",
    null
   ]
  ]
 },
 "mark.cancelled": {
  "object": "m",
  "schema": "Empty",
  "effect": "taking_away",
  "signings": [
   [
    "decider",
    null
   ]
  ]
 },
 "mark.annulled": {
  "object": "m",
  "schema": "Reason",
  "effect": "taking_away",
  "signings": [
   [
    "operator",
    "operator"
   ]
  ]
 },
 "annual_report.filed": {
  "object": "m",
  "schema": "AnnualReportFiled",
  "effect": "record",
  "signings": [
   [
    "operator",
    null
   ],
   [
    "decider",
    null
   ]
  ]
 },
 "duty.extended": {
  "object": "m",
  "schema": "DutyExtended",
  "effect": "grant",
  "signings": [
   [
    "operator",
    "operator"
   ]
  ]
 },
 "mapping.published": {
  "object": "p",
  "schema": "MappingPublished",
  "effect": "record",
  "signings": [
   [
    "operator",
    "operator"
   ]
  ]
 },
 "agreement.proposed": {
  "object": "a",
  "schema": "AgreementVersion",
  "effect": "record",
  "signings": [
   [
    "foreign_operator",
    null
   ]
  ]
 },
 "agreement.announced": {
  "object": "a",
  "schema": "AgreementVersion",
  "effect": "record",
  "signings": [
   [
    "operator",
    "operator"
   ]
  ]
 },
 "agreement.declined": {
  "object": "a",
  "schema": "Reason",
  "effect": "record",
  "signings": [
   [
    "operator",
    "operator"
   ]
  ]
 },
 "agreement.in_force": {
  "object": "a",
  "schema": "AgreementInForce",
  "effect": "grant",
  "signings": [
   [
    "operator",
    "operator"
   ]
  ]
 },
 "agreement.suspended": {
  "object": "a",
  "schema": "AgreementStopped",
  "effect": "taking_away",
  "signings": [
   [
    "operator",
    "operator"
   ]
  ]
 },
 "agreement.terminated": {
  "object": "a",
  "schema": "AgreementStopped",
  "effect": "taking_away",
  "signings": [
   [
    "operator",
    "operator"
   ]
  ]
 },
 "recognition.recorded": {
  "object": "r",
  "schema": "RecognitionRecorded",
  "effect": "record",
  "signings": [
   [
    "directory",
    null
   ]
  ]
 },
 "recognition.ended": {
  "object": "r",
  "schema": "Reason",
  "effect": "taking_away",
  "signings": [
   [
    "directory",
    null
   ]
  ]
 },
 "evidence.sealed": {
  "object": "v",
  "schema": "EvidenceSealed",
  "effect": "record",
  "signings": [
   [
    "decider",
    null
   ]
  ]
 },
 "notice.published": {
  "object": "n",
  "schema": "NoticePublished",
  "effect": "record",
  "signings": [
   [
    "operator",
    null
   ]
  ]
 },
 "policy.changed": {
  "object": "policy",
  "schema": "PolicyChanged",
  "effect": "record",
  "signings": [
   [
    "operator",
    "operator"
   ]
  ]
 },
 "disclosure.erased": {
  "object": "o",
  "schema": "DisclosureErased",
  "effect": "record",
  "signings": [
   [
    "operator",
    null
   ]
  ]
 },
 "directory.published": {
  "object": "directory",
  "schema": "DirectoryPublished",
  "effect": "record",
  "signings": [
   [
    "directory",
    null
   ]
  ]
 },
 "log.key_rotated": {
  "object": "log",
  "schema": "LogKeyRotated",
  "effect": "record",
  "signings": [
   [
    "operator",
    "operator"
   ]
  ]
 },
 "log.closed": {
  "object": "log",
  "schema": "LogClosed",
  "effect": "record",
  "signings": [
   [
    "operator",
    "operator"
   ]
  ]
 }
};

export const MACHINES = {
 "e": {
  "|body.accredited": "active",
  "active|body.amended": "active",
  "active|body.suspended": "suspended",
  "active|body.withdrawn": "withdrawn",
  "suspended|body.reinstated": "active",
  "suspended|body.withdrawn": "withdrawn"
 },
 "x": {
  "|expert.listed": "active",
  "active|expert.listed": "active",
  "active|expert.delisted": "delisted",
  "delisted|expert.listed": "active"
 },
 "k": {
  "|key.added": "active",
  "active|key.retired": "retired",
  "active|key.revoked": "revoked",
  "retired|key.revoked": "revoked",
  "revoked|key.revoked": "revoked"
 },
 "m": {
  "|mark.issued": "active",
  "active|mark.corrected": "active",
  "active|annual_report.filed": "active",
  "active|duty.extended": "active",
  "active|mark.suspended": "suspended",
  "active|mark.scope_changed": "superseded",
  "active|mark.superseded": "superseded",
  "active|mark.withdrawn": "withdrawn",
  "active|mark.cancelled": "cancelled",
  "active|mark.annulled": "annulled",
  "suspended|annual_report.filed": "suspended",
  "suspended|duty.extended": "suspended",
  "suspended|mark.reinstated": "active",
  "suspended|mark.scope_changed": "superseded",
  "suspended|mark.superseded": "superseded",
  "suspended|mark.withdrawn": "withdrawn",
  "suspended|mark.cancelled": "cancelled",
  "suspended|mark.annulled": "annulled"
 },
 "o": {
  "|declaration.registered": "declared",
  "|disclosure.erased": "noted",
  "noted|declaration.registered": "declared",
  "noted|disclosure.erased": "noted",
  "declared|declaration.registered": "declared",
  "declared|declaration.stopped": "stopped",
  "declared|disclosure.erased": "declared",
  "stopped|declaration.registered": "declared",
  "stopped|disclosure.erased": "stopped"
 },
 "v": {
  "|evidence.sealed plan": "planned",
  "|evidence.sealed results": "unplanned",
  "planned|evidence.sealed plan": "planned",
  "planned|evidence.sealed results": "sealed",
  "sealed|evidence.sealed results": "sealed",
  "sealed|evidence.sealed correction": "corrected",
  "corrected|evidence.sealed results": "corrected",
  "corrected|evidence.sealed correction": "corrected",
  "unplanned|evidence.sealed plan": "unplanned",
  "unplanned|evidence.sealed results": "unplanned",
  "unplanned|evidence.sealed correction": "unplanned"
 },
 "n": {
  "|notice.published": "published",
  "published|notice.published": "published"
 },
 "s": {
  "|scheme.published": "published"
 },
 "p": {
  "|mapping.published draft": "draft",
  "|mapping.published complete": "complete",
  "draft|mapping.published draft": "draft",
  "draft|mapping.published complete": "complete",
  "draft|mapping.published superseded": "superseded",
  "complete|mapping.published complete": "complete",
  "complete|mapping.published superseded": "superseded"
 },
 "a": {
  "|agreement.proposed": "proposed",
  "|agreement.announced": "announced",
  "proposed|agreement.proposed": "proposed",
  "proposed|agreement.announced": "announced",
  "proposed|agreement.declined": "declined",
  "declined|agreement.proposed": "proposed",
  "announced|agreement.proposed": "proposed",
  "announced|agreement.announced": "announced",
  "announced|agreement.declined": "declined",
  "announced|agreement.in_force": "in_force",
  "in_force|agreement.proposed": "in_force",
  "in_force|agreement.announced": "in_force",
  "in_force|agreement.declined": "in_force",
  "in_force|agreement.in_force": "in_force",
  "in_force|agreement.in_force part": "in_force",
  "in_force|agreement.suspended": "suspended",
  "in_force|agreement.suspended part": "in_force",
  "in_force|agreement.terminated": "terminated",
  "in_force|agreement.terminated part": "in_force",
  "suspended|agreement.proposed": "suspended",
  "suspended|agreement.announced": "suspended",
  "suspended|agreement.declined": "suspended",
  "suspended|agreement.in_force": "in_force",
  "suspended|agreement.in_force part": "suspended",
  "suspended|agreement.suspended": "suspended",
  "suspended|agreement.suspended part": "suspended",
  "suspended|agreement.terminated": "terminated",
  "suspended|agreement.terminated part": "suspended"
 },
 "r": {
  "|recognition.recorded": "recorded",
  "recorded|recognition.ended": "ended"
 },
 "policy": {
  "|policy.changed": "published",
  "published|policy.changed": "published"
 },
 "trust": {
  "|trust_root.published": "published",
  "published|trust_root.published": "published"
 },
 "directory": {
  "|directory.published": "published",
  "published|directory.published": "published"
 },
 "log": {
  "|log.closed": "closed"
 }
};

export const MODELS = {
 "mark": "verifier__mark___Claims",
 "statement": "verifier__statement__claims___Claims",
 "attestation": "verifier__statement__attestation___Claims",
 "approval": "verifier__statement__approval___Claims",
 "bundle": "_Bundle",
 "rootFile": "_File",
 "rootContent": "RootContent",
 "trustList": "verifier__trust__trustlist___Claims",
 "objectRecord": "ObjectRecord",
 "identifierRecord": "IdentifierRecord"
};

export const NAME_KINDS = [
 "e",
 "o",
 "m",
 "k",
 "s",
 "x",
 "a",
 "p",
 "r",
 "v",
 "n",
 "trust",
 "directory",
 "policy",
 "log"
];

export const SCHEMAS = {
 "AgreementInForce": {
  "additionalProperties": false,
  "properties": {
   "issuer": {
    "anyOf": [
     {
      "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
      "type": "string"
     },
     {
      "type": "null"
     }
    ],
    "default": null
   },
   "mapping": {
    "anyOf": [
     {
      "pattern": "^[A-Za-z0-9_-]{43}$",
      "type": "string"
     },
     {
      "type": "null"
     }
    ],
    "default": null
   },
   "version": {
    "exclusiveMaximum": 2147483648,
    "minimum": 1,
    "type": "integer"
   },
   "sha256": {
    "pattern": "^[A-Za-z0-9_-]{43}$",
    "type": "string"
   },
   "kind": {
    "enum": [
     "unilateral",
     "bilateral",
     "multilateral"
    ],
    "type": "string"
   },
   "effective": {
    "exclusiveMaximum": 137438953472,
    "exclusiveMinimum": 0,
    "type": "integer"
   },
   "legal_sha256": {
    "anyOf": [
     {
      "pattern": "^[A-Za-z0-9_-]{43}$",
      "type": "string"
     },
     {
      "type": "null"
     }
    ],
    "default": null
   }
  },
  "required": [
   "version",
   "sha256",
   "kind",
   "effective"
  ],
  "type": "object"
 },
 "AgreementStopped": {
  "additionalProperties": false,
  "properties": {
   "issuer": {
    "anyOf": [
     {
      "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
      "type": "string"
     },
     {
      "type": "null"
     }
    ],
    "default": null
   },
   "mapping": {
    "anyOf": [
     {
      "pattern": "^[A-Za-z0-9_-]{43}$",
      "type": "string"
     },
     {
      "type": "null"
     }
    ],
    "default": null
   },
   "reason": {
    "enum": [
     "administrative",
     "integrity"
    ],
    "type": "string"
   },
   "existing": {
    "enum": [
     "keep_until",
     "show_under_review",
     "stop_now"
    ],
    "type": "string"
   },
   "effective": {
    "exclusiveMaximum": 137438953472,
    "exclusiveMinimum": 0,
    "type": "integer"
   },
   "until": {
    "anyOf": [
     {
      "exclusiveMaximum": 137438953472,
      "exclusiveMinimum": 0,
      "type": "integer"
     },
     {
      "type": "null"
     }
    ],
    "default": null
   }
  },
  "required": [
   "reason",
   "existing",
   "effective"
  ],
  "type": "object"
 },
 "AgreementVersion": {
  "additionalProperties": false,
  "properties": {
   "version": {
    "exclusiveMaximum": 2147483648,
    "minimum": 1,
    "type": "integer"
   },
   "sha256": {
    "pattern": "^[A-Za-z0-9_-]{43}$",
    "type": "string"
   },
   "scheme": {
    "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
    "type": "string"
   },
   "kind": {
    "enum": [
     "unilateral",
     "bilateral",
     "multilateral"
    ],
    "type": "string"
   }
  },
  "required": [
   "version",
   "sha256",
   "scheme",
   "kind"
  ],
  "type": "object"
 },
 "Anchor": {
  "additionalProperties": false,
  "properties": {
   "size": {
    "exclusiveMaximum": 9007199254740992,
    "minimum": 1,
    "type": "integer"
   },
   "root": {
    "pattern": "^[A-Za-z0-9_-]{43}$",
    "type": "string"
   }
  },
  "required": [
   "size",
   "root"
  ],
  "type": "object"
 },
 "AnnualReportFiled": {
  "additionalProperties": false,
  "properties": {
   "due": {
    "exclusiveMaximum": 137438953472,
    "exclusiveMinimum": 0,
    "type": "integer"
   }
  },
  "required": [
   "due"
  ],
  "type": "object"
 },
 "BodyAccredited": {
  "additionalProperties": false,
  "properties": {
   "no": {
    "exclusiveMaximum": 2147483648,
    "minimum": 1,
    "type": "integer"
   },
   "role": {
    "enum": [
     "evaluation",
     "technical_verification",
     "training",
     "registrar",
     "foreign_operator"
    ],
    "type": "string"
   },
   "identifier": {
    "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
    "type": "string"
   },
   "scope": {
    "items": {
     "$ref": "ScopeRow"
    },
    "type": "array"
   },
   "operates": {
    "anyOf": [
     {
      "items": {
       "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
       "type": "string"
      },
      "type": "array"
     },
     {
      "type": "null"
     }
    ],
    "default": null
   },
   "from": {
    "exclusiveMaximum": 137438953472,
    "exclusiveMinimum": 0,
    "type": "integer"
   },
   "until": {
    "exclusiveMaximum": 137438953472,
    "exclusiveMinimum": 0,
    "type": "integer"
   }
  },
  "required": [
   "no",
   "role",
   "identifier",
   "scope",
   "from",
   "until"
  ],
  "type": "object"
 },
 "BodyAmended": {
  "additionalProperties": false,
  "properties": {
   "scope": {
    "items": {
     "$ref": "ScopeRow"
    },
    "type": "array"
   },
   "from": {
    "exclusiveMaximum": 137438953472,
    "exclusiveMinimum": 0,
    "type": "integer"
   },
   "until": {
    "exclusiveMaximum": 137438953472,
    "exclusiveMinimum": 0,
    "type": "integer"
   }
  },
  "required": [
   "scope",
   "from",
   "until"
  ],
  "type": "object"
 },
 "BodyWithdrawn": {
  "additionalProperties": false,
  "properties": {
   "reason": {
    "enum": [
     "lapse",
     "request",
     "cause"
    ],
    "type": "string"
   }
  },
  "required": [
   "reason"
  ],
  "type": "object"
 },
 "Confirmed": {
  "additionalProperties": false,
  "properties": {
   "expert": {
    "pattern": "^https://[^\\s\\\"<>\\\\^`{|}]{1,200}$",
    "type": "string"
   },
   "date": {
    "exclusiveMaximum": 137438953472,
    "exclusiveMinimum": 0,
    "type": "integer"
   }
  },
  "required": [
   "expert",
   "date"
  ],
  "type": "object"
 },
 "Content": {
  "additionalProperties": false,
  "properties": {
   "scheme": {
    "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
    "type": "string"
   },
   "tier": {
    "maximum": 9,
    "minimum": 1,
    "type": "integer"
   },
   "number": {
    "pattern": "^[A-Z0-9][A-Z0-9-]{3,23}$",
    "type": "string"
   },
   "criteria": {
    "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
    "type": "string"
   },
   "basis": {
    "enum": [
     "evaluation",
     "self_declared"
    ],
    "type": "string"
   },
   "org": {
    "$ref": "Holder"
   },
   "scope_kind": {
    "enum": [
     "group",
     "company",
     "unit"
    ],
    "type": "string"
   },
   "covered": {
    "items": {
     "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
     "type": "string"
    },
    "type": "array"
   },
   "scope_summary": {
    "maxLength": 400,
    "minLength": 1,
    "type": "string"
   },
   "ot": {
    "enum": [
     "excluded",
     "included"
    ],
    "type": "string"
   },
   "scope_sha256": {
    "pattern": "^[A-Za-z0-9_-]{43}$",
    "type": "string"
   },
   "seal_sha256": {
    "pattern": "^[A-Za-z0-9_-]{43}$",
    "type": "string"
   },
   "log": {
    "maxLength": 120,
    "type": "string"
   },
   "nonce": {
    "pattern": "^[A-Za-z0-9_-]{22}$",
    "type": "string"
   }
  },
  "required": [
   "scheme",
   "tier",
   "number",
   "criteria",
   "basis",
   "org",
   "scope_kind",
   "covered",
   "scope_summary",
   "ot",
   "scope_sha256",
   "seal_sha256",
   "log",
   "nonce"
  ],
  "type": "object"
 },
 "Custodian": {
  "additionalProperties": false,
  "properties": {
   "holder": {
    "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
    "type": "string"
   },
   "es256": {
    "additionalProperties": {
     "type": "string"
    },
    "type": "object"
   },
   "ml_dsa_65": {
    "pattern": "^[A-Za-z0-9_-]{2603}$",
    "type": "string"
   }
  },
  "required": [
   "holder",
   "es256",
   "ml_dsa_65"
  ],
  "type": "object"
 },
 "DeclarationRegistered": {
  "additionalProperties": false,
  "properties": {
   "scheme": {
    "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
    "type": "string"
   },
   "level": {
    "maximum": 9,
    "minimum": 1,
    "type": "integer"
   },
   "criteria_sha256": {
    "pattern": "^[A-Za-z0-9_-]{43}$",
    "type": "string"
   },
   "sub": {
    "pattern": "^https://[^\\s\\\"<>\\\\^`{|}]{1,200}$",
    "type": "string"
   },
   "nbf": {
    "exclusiveMaximum": 137438953472,
    "exclusiveMinimum": 0,
    "type": "integer"
   },
   "exp": {
    "exclusiveMaximum": 137438953472,
    "exclusiveMinimum": 0,
    "type": "integer"
   }
  },
  "required": [
   "scheme",
   "level",
   "criteria_sha256",
   "sub",
   "nbf",
   "exp"
  ],
  "type": "object"
 },
 "DeclarationStopped": {
  "additionalProperties": false,
  "properties": {
   "scheme": {
    "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
    "type": "string"
   },
   "reason": {
    "pattern": "^[a-z][a-z0-9_]{1,39}$",
    "type": "string"
   }
  },
  "required": [
   "scheme",
   "reason"
  ],
  "type": "object"
 },
 "DirectoryPublished": {
  "additionalProperties": false,
  "properties": {
   "size": {
    "exclusiveMaximum": 2147483648,
    "minimum": 1,
    "type": "integer"
   },
   "bits": {
    "maximum": 24,
    "minimum": 0,
    "type": "integer"
   },
   "root": {
    "pattern": "^[A-Za-z0-9_-]{43}$",
    "type": "string"
   },
   "files": {
    "items": {
     "$ref": "PublishedFile"
    },
    "type": "array"
   }
  },
  "required": [
   "size",
   "bits",
   "root",
   "files"
  ],
  "type": "object"
 },
 "DisclosureErased": {
  "additionalProperties": false,
  "properties": {
   "commitment": {
    "pattern": "^[A-Za-z0-9_-]{43}$",
    "type": "string"
   }
  },
  "required": [
   "commitment"
  ],
  "type": "object"
 },
 "DutyExtended": {
  "additionalProperties": false,
  "properties": {
   "duty": {
    "pattern": "^[a-z][a-z0-9_]{1,39}$",
    "type": "string"
   },
   "until": {
    "exclusiveMaximum": 137438953472,
    "exclusiveMinimum": 0,
    "type": "integer"
   }
  },
  "required": [
   "duty",
   "until"
  ],
  "type": "object"
 },
 "Empty": {
  "additionalProperties": false,
  "properties": {},
  "type": "object"
 },
 "EvidenceSealed": {
  "additionalProperties": false,
  "properties": {
   "manifest_sha256": {
    "pattern": "^[A-Za-z0-9_-]{43}$",
    "type": "string"
   },
   "kind": {
    "enum": [
     "plan",
     "results",
     "correction"
    ],
    "type": "string"
   }
  },
  "required": [
   "manifest_sha256",
   "kind"
  ],
  "type": "object"
 },
 "ExpertListed": {
  "additionalProperties": false,
  "properties": {
   "register": {
    "pattern": "^[a-z][a-z0-9_]{1,39}$",
    "type": "string"
   },
   "from": {
    "exclusiveMaximum": 137438953472,
    "exclusiveMinimum": 0,
    "type": "integer"
   },
   "until": {
    "exclusiveMaximum": 137438953472,
    "exclusiveMinimum": 0,
    "type": "integer"
   }
  },
  "required": [
   "register",
   "from",
   "until"
  ],
  "type": "object"
 },
 "Holder": {
  "additionalProperties": false,
  "properties": {
   "name": {
    "maxLength": 200,
    "minLength": 1,
    "type": "string"
   },
   "name_latin": {
    "anyOf": [
     {
      "maxLength": 200,
      "minLength": 1,
      "type": "string"
     },
     {
      "type": "null"
     }
    ],
    "default": null
   },
   "identifiers": {
    "items": {
     "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
     "type": "string"
    },
    "minItems": 1,
    "type": "array"
   },
   "domains": {
    "anyOf": [
     {
      "items": {
       "pattern": "^[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?$",
       "type": "string"
      },
      "type": "array"
     },
     {
      "type": "null"
     }
    ],
    "default": null
   },
   "name_sd": {
    "anyOf": [
     {
      "pattern": "^[A-Za-z0-9_-]{43}$",
      "type": "string"
     },
     {
      "type": "null"
     }
    ],
    "default": null
   },
   "unlisted": {
    "anyOf": [
     {
      "const": true,
      "type": "boolean"
     },
     {
      "type": "null"
     }
    ],
    "default": null
   }
  },
  "required": [
   "name",
   "identifiers"
  ],
  "type": "object"
 },
 "IdentifierRecord": {
  "additionalProperties": false,
  "properties": {
   "identifier": {
    "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
    "type": "string"
   },
   "marks": {
    "items": {
     "$ref": "MarkLine"
    },
    "minItems": 1,
    "type": "array"
   }
  },
  "required": [
   "identifier",
   "marks"
  ],
  "type": "object"
 },
 "KeyAdded": {
  "additionalProperties": false,
  "properties": {
   "jwk": {
    "additionalProperties": {
     "type": "string"
    },
    "type": "object"
   },
   "kid": {
    "pattern": "^[A-Za-z0-9_-]{43}$",
    "type": "string"
   },
   "body": {
    "pattern": "^https://[^\\s\\\"<>\\\\^`{|}]{1,200}$",
    "type": "string"
   },
   "role": {
    "enum": [
     "assessor",
     "decider",
     "desk",
     "foreign_operator"
    ],
    "type": "string"
   },
   "holder": {
    "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
    "type": "string"
   },
   "no": {
    "exclusiveMaximum": 2147483648,
    "minimum": 1,
    "type": "integer"
   },
   "proof": {
    "pattern": "^[A-Za-z0-9_-]{43}$",
    "type": "string"
   }
  },
  "required": [
   "jwk",
   "kid",
   "body",
   "role",
   "holder",
   "no",
   "proof"
  ],
  "type": "object"
 },
 "KeyRevoked": {
  "additionalProperties": false,
  "properties": {
   "reason": {
    "enum": [
     "compromised",
     "superseded",
     "unspecified"
    ],
    "type": "string"
   },
   "cutoff_index": {
    "exclusiveMaximum": 9007199254740992,
    "minimum": 0,
    "type": "integer"
   }
  },
  "required": [
   "reason",
   "cutoff_index"
  ],
  "type": "object"
 },
 "ListedBody": {
  "additionalProperties": false,
  "properties": {
   "no": {
    "exclusiveMaximum": 2147483648,
    "minimum": 1,
    "type": "integer"
   },
   "uri": {
    "pattern": "^https://[^\\s\\\"<>\\\\^`{|}]{1,200}$",
    "type": "string"
   },
   "name": {
    "anyOf": [
     {
      "maxLength": 400,
      "type": "string"
     },
     {
      "type": "null"
     }
    ],
    "default": null
   },
   "role": {
    "enum": [
     "evaluation",
     "technical_verification",
     "training",
     "registrar",
     "foreign_operator"
    ],
    "type": "string"
   },
   "state": {
    "pattern": "^[a-z][a-z0-9_]{1,39}$",
    "type": "string"
   },
   "scope": {
    "items": {
     "$ref": "ScopeRow"
    },
    "type": "array"
   },
   "from": {
    "exclusiveMaximum": 137438953472,
    "exclusiveMinimum": 0,
    "type": "integer"
   },
   "until": {
    "exclusiveMaximum": 137438953472,
    "exclusiveMinimum": 0,
    "type": "integer"
   },
   "keys": {
    "items": {
     "$ref": "ListedKey"
    },
    "type": "array"
   }
  },
  "required": [
   "no",
   "uri",
   "role",
   "state",
   "scope",
   "from",
   "until",
   "keys"
  ],
  "type": "object"
 },
 "ListedKey": {
  "additionalProperties": false,
  "properties": {
   "no": {
    "exclusiveMaximum": 2147483648,
    "minimum": 1,
    "type": "integer"
   },
   "kid": {
    "pattern": "^[A-Za-z0-9_-]{43}$",
    "type": "string"
   },
   "jwk": {
    "additionalProperties": {
     "type": "string"
    },
    "type": "object"
   },
   "role": {
    "enum": [
     "assessor",
     "decider",
     "desk",
     "foreign_operator"
    ],
    "type": "string"
   },
   "state": {
    "pattern": "^[a-z][a-z0-9_]{1,39}$",
    "type": "string"
   }
  },
  "required": [
   "no",
   "kid",
   "jwk",
   "role",
   "state"
  ],
  "type": "object"
 },
 "LogClosed": {
  "additionalProperties": false,
  "properties": {
   "successor": {
    "pattern": "^[!-~]{1,120}$",
    "type": "string"
   }
  },
  "required": [
   "successor"
  ],
  "type": "object"
 },
 "LogKey": {
  "additionalProperties": false,
  "properties": {
   "from": {
    "exclusiveMaximum": 9007199254740992,
    "minimum": 0,
    "type": "integer"
   },
   "until": {
    "anyOf": [
     {
      "exclusiveMaximum": 9007199254740992,
      "minimum": 0,
      "type": "integer"
     },
     {
      "type": "null"
     }
    ],
    "default": null
   },
   "vkey": {
    "maxLength": 200,
    "type": "string"
   }
  },
  "required": [
   "from",
   "vkey"
  ],
  "type": "object"
 },
 "LogKeyRotated": {
  "additionalProperties": false,
  "properties": {
   "vkey": {
    "pattern": "^[!-~]{1,200}$",
    "type": "string"
   }
  },
  "required": [
   "vkey"
  ],
  "type": "object"
 },
 "MappingPublished": {
  "additionalProperties": false,
  "properties": {
   "version": {
    "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
    "type": "string"
   },
   "sha256": {
    "pattern": "^[A-Za-z0-9_-]{43}$",
    "type": "string"
   },
   "status": {
    "enum": [
     "draft",
     "complete",
     "superseded"
    ],
    "type": "string"
   }
  },
  "required": [
   "version",
   "sha256",
   "status"
  ],
  "type": "object"
 },
 "MarkCorrected": {
  "additionalProperties": false,
  "properties": {
   "mark_sha256": {
    "pattern": "^[A-Za-z0-9_-]{43}$",
    "type": "string"
   },
   "seal_sha256": {
    "pattern": "^[A-Za-z0-9_-]{43}$",
    "type": "string"
   }
  },
  "required": [
   "mark_sha256",
   "seal_sha256"
  ],
  "type": "object"
 },
 "MarkIssued": {
  "additionalProperties": false,
  "properties": {
   "scheme": {
    "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
    "type": "string"
   },
   "tier": {
    "maximum": 9,
    "minimum": 1,
    "type": "integer"
   },
   "criteria_sha256": {
    "pattern": "^[A-Za-z0-9_-]{43}$",
    "type": "string"
   },
   "sub": {
    "pattern": "^https://[^\\s\\\"<>\\\\^`{|}]{1,200}$",
    "type": "string"
   },
   "scope_kind": {
    "enum": [
     "group",
     "company",
     "unit"
    ],
    "type": "string"
   },
   "covered": {
    "items": {
     "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
     "type": "string"
    },
    "type": "array"
   },
   "nbf": {
    "exclusiveMaximum": 137438953472,
    "exclusiveMinimum": 0,
    "type": "integer"
   },
   "exp": {
    "exclusiveMaximum": 137438953472,
    "exclusiveMinimum": 0,
    "type": "integer"
   },
   "mark_sha256": {
    "pattern": "^[A-Za-z0-9_-]{43}$",
    "type": "string"
   },
   "seal_sha256": {
    "pattern": "^[A-Za-z0-9_-]{43}$",
    "type": "string"
   },
   "status": {
    "$ref": "StatusPlace"
   },
   "supersedes": {
    "anyOf": [
     {
      "format": "mark-id",
      "type": "string"
     },
     {
      "type": "null"
     }
    ],
    "default": null
   }
  },
  "required": [
   "scheme",
   "tier",
   "criteria_sha256",
   "sub",
   "scope_kind",
   "covered",
   "nbf",
   "exp",
   "mark_sha256",
   "seal_sha256",
   "status"
  ],
  "type": "object"
 },
 "MarkLine": {
  "additionalProperties": false,
  "properties": {
   "mark": {
    "format": "mark-id",
    "type": "string"
   },
   "link": {
    "enum": [
     "held",
     "covered"
    ],
    "type": "string"
   },
   "scheme": {
    "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
    "type": "string"
   },
   "tier": {
    "maximum": 9,
    "minimum": 1,
    "type": "integer"
   },
   "scope_kind": {
    "enum": [
     "group",
     "company",
     "unit"
    ],
    "type": "string"
   },
   "state": {
    "pattern": "^[a-z][a-z0-9_]{1,39}$",
    "type": "string"
   },
   "nbf": {
    "exclusiveMaximum": 137438953472,
    "exclusiveMinimum": 0,
    "type": "integer"
   },
   "until": {
    "exclusiveMaximum": 137438953472,
    "exclusiveMinimum": 0,
    "type": "integer"
   }
  },
  "required": [
   "mark",
   "link",
   "scheme",
   "tier",
   "scope_kind",
   "state",
   "nbf",
   "until"
  ],
  "type": "object"
 },
 "MarkSuspended": {
  "additionalProperties": false,
  "properties": {
   "reason": {
    "pattern": "^[a-z][a-z0-9_]{1,39}$",
    "type": "string"
   },
   "lift_by": {
    "exclusiveMaximum": 137438953472,
    "exclusiveMinimum": 0,
    "type": "integer"
   }
  },
  "required": [
   "reason",
   "lift_by"
  ],
  "type": "object"
 },
 "NoticePublished": {
  "additionalProperties": false,
  "properties": {
   "kind": {
    "pattern": "^[a-z][a-z0-9_]{1,39}$",
    "type": "string"
   },
   "sha256": {
    "pattern": "^[A-Za-z0-9_-]{43}$",
    "type": "string"
   }
  },
  "required": [
   "kind",
   "sha256"
  ],
  "type": "object"
 },
 "ObjectRecord": {
  "additionalProperties": false,
  "properties": {
   "object": {
    "pattern": "^https://[^\\s\\\"<>\\\\^`{|}]{1,200}$",
    "type": "string"
   },
   "head": {
    "exclusiveMaximum": 9007199254740992,
    "minimum": 0,
    "type": "integer"
   },
   "leaf": {
    "pattern": "^[A-Za-z0-9_-]{43}$",
    "type": "string"
   },
   "state": {
    "pattern": "^[a-z][a-z0-9_]{1,39}$",
    "type": "string"
   },
   "until": {
    "anyOf": [
     {
      "exclusiveMaximum": 137438953472,
      "exclusiveMinimum": 0,
      "type": "integer"
     },
     {
      "type": "null"
     }
    ],
    "default": null
   }
  },
  "required": [
   "object",
   "head",
   "leaf",
   "state"
  ],
  "type": "object"
 },
 "Period": {
  "additionalProperties": false,
  "properties": {
   "from": {
    "exclusiveMaximum": 137438953472,
    "exclusiveMinimum": 0,
    "type": "integer"
   },
   "to": {
    "exclusiveMaximum": 137438953472,
    "exclusiveMinimum": 0,
    "type": "integer"
   }
  },
  "required": [
   "from",
   "to"
  ],
  "type": "object"
 },
 "PolicyChanged": {
  "additionalProperties": false,
  "properties": {
   "version": {
    "exclusiveMaximum": 2147483648,
    "minimum": 1,
    "type": "integer"
   },
   "sha256": {
    "pattern": "^[A-Za-z0-9_-]{43}$",
    "type": "string"
   }
  },
  "required": [
   "version",
   "sha256"
  ],
  "type": "object"
 },
 "PublishedFile": {
  "additionalProperties": false,
  "properties": {
   "uri": {
    "pattern": "^[a-z0-9][A-Za-z0-9._/-]{0,99}$",
    "type": "string"
   },
   "sha256": {
    "pattern": "^[A-Za-z0-9_-]{43}$",
    "type": "string"
   }
  },
  "required": [
   "uri",
   "sha256"
  ],
  "type": "object"
 },
 "Reason": {
  "additionalProperties": false,
  "properties": {
   "reason": {
    "pattern": "^[a-z][a-z0-9_]{1,39}$",
    "type": "string"
   }
  },
  "required": [
   "reason"
  ],
  "type": "object"
 },
 "RecognitionRecorded": {
  "additionalProperties": false,
  "properties": {
   "agreement": {
    "pattern": "^https://[^\\s\\\"<>\\\\^`{|}]{1,200}$",
    "type": "string"
   },
   "scheme": {
    "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
    "type": "string"
   },
   "tier": {
    "maximum": 9,
    "minimum": 1,
    "type": "integer"
   },
   "sub": {
    "pattern": "^https://[^\\s\\\"<>\\\\^`{|}]{1,200}$",
    "type": "string"
   },
   "until": {
    "exclusiveMaximum": 137438953472,
    "exclusiveMinimum": 0,
    "type": "integer"
   },
   "receipt_sha256": {
    "pattern": "^[A-Za-z0-9_-]{43}$",
    "type": "string"
   }
  },
  "required": [
   "agreement",
   "scheme",
   "tier",
   "sub",
   "until",
   "receipt_sha256"
  ],
  "type": "object"
 },
 "ReportTerms": {
  "additionalProperties": false,
  "properties": {
   "every_months": {
    "maximum": 60,
    "minimum": 1,
    "type": "integer"
   },
   "grace_days": {
    "maximum": 366,
    "minimum": 0,
    "type": "integer"
   }
  },
  "required": [
   "every_months",
   "grace_days"
  ],
  "type": "object"
 },
 "RootContent": {
  "additionalProperties": false,
  "properties": {
   "v": {
    "const": 1,
    "type": "integer"
   },
   "version": {
    "exclusiveMaximum": 2147483648,
    "minimum": 1,
    "type": "integer"
   },
   "environment": {
    "enum": [
     "production",
     "demonstration",
     "sandbox"
    ],
    "type": "string"
   },
   "host": {
    "maxLength": 62,
    "type": "string"
   },
   "zone": {
    "maxLength": 60,
    "type": "string"
   },
   "issued": {
    "exclusiveMaximum": 137438953472,
    "exclusiveMinimum": 0,
    "type": "integer"
   },
   "expires": {
    "exclusiveMaximum": 137438953472,
    "exclusiveMinimum": 0,
    "type": "integer"
   },
   "threshold": {
    "maximum": 9,
    "minimum": 1,
    "type": "integer"
   },
   "custodians": {
    "items": {
     "$ref": "Custodian"
    },
    "maxItems": 9,
    "minItems": 1,
    "type": "array"
   },
   "log": {
    "maxLength": 120,
    "type": "string"
   },
   "log_keys": {
    "items": {
     "$ref": "LogKey"
    },
    "minItems": 1,
    "type": "array"
   },
   "witnesses": {
    "items": {
     "$ref": "Witness"
    },
    "type": "array"
   },
   "policy": {
    "maxLength": 20000,
    "type": "string"
   },
   "keys": {
    "items": {
     "$ref": "RootKey"
    },
    "minItems": 1,
    "type": "array"
   }
  },
  "required": [
   "v",
   "version",
   "environment",
   "host",
   "zone",
   "issued",
   "expires",
   "threshold",
   "custodians",
   "log",
   "log_keys",
   "witnesses",
   "policy",
   "keys"
  ],
  "type": "object"
 },
 "RootKey": {
  "additionalProperties": false,
  "properties": {
   "from": {
    "exclusiveMaximum": 9007199254740992,
    "minimum": 0,
    "type": "integer"
   },
   "until": {
    "anyOf": [
     {
      "exclusiveMaximum": 9007199254740992,
      "minimum": 0,
      "type": "integer"
     },
     {
      "type": "null"
     }
    ],
    "default": null
   },
   "jwk": {
    "additionalProperties": {
     "type": "string"
    },
    "type": "object"
   },
   "kid": {
    "pattern": "^[A-Za-z0-9_-]{43}$",
    "type": "string"
   },
   "role": {
    "enum": [
     "operator",
     "status",
     "directory",
     "receipt"
    ],
    "type": "string"
   },
   "holder": {
    "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
    "type": "string"
   },
   "cutoff": {
    "anyOf": [
     {
      "exclusiveMaximum": 9007199254740992,
      "minimum": 0,
      "type": "integer"
     },
     {
      "type": "null"
     }
    ],
    "default": null
   }
  },
  "required": [
   "from",
   "jwk",
   "kid",
   "role",
   "holder"
  ],
  "type": "object"
 },
 "SchemePublished": {
  "additionalProperties": false,
  "properties": {
   "scheme": {
    "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
    "type": "string"
   },
   "version": {
    "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
    "type": "string"
   },
   "sha256": {
    "pattern": "^[A-Za-z0-9_-]{43}$",
    "type": "string"
   },
   "tiers": {
    "items": {
     "$ref": "TierTerms"
    },
    "type": "array"
   },
   "replaces": {
    "anyOf": [
     {
      "pattern": "^[A-Za-z0-9_-]{43}$",
      "type": "string"
     },
     {
      "type": "null"
     }
    ],
    "default": null
   },
   "replaced_issuable_until": {
    "anyOf": [
     {
      "exclusiveMaximum": 137438953472,
      "exclusiveMinimum": 0,
      "type": "integer"
     },
     {
      "type": "null"
     }
    ],
    "default": null
   }
  },
  "required": [
   "scheme",
   "version",
   "sha256",
   "tiers"
  ],
  "type": "object"
 },
 "ScopeRow": {
  "additionalProperties": false,
  "properties": {
   "scheme": {
    "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
    "type": "string"
   },
   "level": {
    "maximum": 9,
    "minimum": 1,
    "type": "integer"
   },
   "criteria_sha256": {
    "pattern": "^[A-Za-z0-9_-]{43}$",
    "type": "string"
   }
  },
  "required": [
   "scheme",
   "level",
   "criteria_sha256"
  ],
  "type": "object"
 },
 "Status": {
  "additionalProperties": false,
  "properties": {
   "status_list": {
    "$ref": "StatusReference"
   }
  },
  "required": [
   "status_list"
  ],
  "type": "object"
 },
 "StatusPlace": {
  "additionalProperties": false,
  "properties": {
   "list": {
    "exclusiveMaximum": 2147483648,
    "minimum": 1,
    "type": "integer"
   },
   "idx": {
    "exclusiveMaximum": 9007199254740992,
    "minimum": 0,
    "type": "integer"
   }
  },
  "required": [
   "list",
   "idx"
  ],
  "type": "object"
 },
 "StatusReference": {
  "additionalProperties": false,
  "properties": {
   "idx": {
    "exclusiveMaximum": 9007199254740992,
    "minimum": 0,
    "type": "integer"
   },
   "uri": {
    "pattern": "^https://[^\\s\\\"<>\\\\^`{|}]{1,200}$",
    "type": "string"
   }
  },
  "required": [
   "idx",
   "uri"
  ],
  "type": "object"
 },
 "Successor": {
  "additionalProperties": false,
  "properties": {
   "successor": {
    "format": "mark-id",
    "type": "string"
   }
  },
  "required": [
   "successor"
  ],
  "type": "object"
 },
 "TechnicalVerification": {
  "additionalProperties": false,
  "properties": {
   "body": {
    "pattern": "^https://[^\\s\\\"<>\\\\^`{|}]{1,200}$",
    "type": "string"
   },
   "date": {
    "exclusiveMaximum": 137438953472,
    "exclusiveMinimum": 0,
    "type": "integer"
   }
  },
  "required": [
   "body",
   "date"
  ],
  "type": "object"
 },
 "TierTerms": {
  "additionalProperties": false,
  "properties": {
   "level": {
    "maximum": 9,
    "minimum": 1,
    "type": "integer"
   },
   "basis": {
    "enum": [
     "evaluation",
     "self_declared"
    ],
    "type": "string"
   },
   "issuer": {
    "enum": [
     "body",
     "registrar",
     "holder"
    ],
    "type": "string"
   },
   "term_months": {
    "maximum": 120,
    "minimum": 1,
    "type": "integer"
   },
   "technical_verification": {
    "type": "boolean"
   },
   "expert_confirmation": {
    "anyOf": [
     {
      "type": "boolean"
     },
     {
      "type": "null"
     }
    ],
    "default": null
   },
   "report": {
    "anyOf": [
     {
      "$ref": "ReportTerms"
     },
     {
      "type": "null"
     }
    ],
    "default": null
   }
  },
  "required": [
   "level",
   "basis",
   "issuer",
   "term_months",
   "technical_verification"
  ],
  "type": "object"
 },
 "TrustRootPublished": {
  "additionalProperties": false,
  "properties": {
   "version": {
    "exclusiveMaximum": 2147483648,
    "minimum": 1,
    "type": "integer"
   },
   "sha256": {
    "pattern": "^[A-Za-z0-9_-]{43}$",
    "type": "string"
   }
  },
  "required": [
   "version",
   "sha256"
  ],
  "type": "object"
 },
 "Witness": {
  "additionalProperties": false,
  "properties": {
   "from": {
    "exclusiveMaximum": 9007199254740992,
    "minimum": 0,
    "type": "integer"
   },
   "until": {
    "anyOf": [
     {
      "exclusiveMaximum": 9007199254740992,
      "minimum": 0,
      "type": "integer"
     },
     {
      "type": "null"
     }
    ],
    "default": null
   },
   "vkey": {
    "maxLength": 3000,
    "type": "string"
   },
   "operator": {
    "maxLength": 80,
    "minLength": 1,
    "type": "string"
   },
   "country": {
    "pattern": "^[A-Z]{2}$",
    "type": "string"
   }
  },
  "required": [
   "from",
   "vkey",
   "operator",
   "country"
  ],
  "type": "object"
 },
 "_Bucket": {
  "additionalProperties": false,
  "properties": {
   "bucket": {
    "exclusiveMaximum": 9007199254740992,
    "minimum": 0,
    "type": "integer"
   },
   "lines": {
    "items": {
     "maxLength": 65536,
     "type": "string"
    },
    "type": "array"
   },
   "path": {
    "items": {
     "pattern": "^[A-Za-z0-9_-]{43}$",
     "type": "string"
    },
    "type": "array"
   }
  },
  "required": [
   "bucket",
   "lines",
   "path"
  ],
  "type": "object"
 },
 "_Bundle": {
  "additionalProperties": false,
  "properties": {
   "v": {
    "const": 1,
    "type": "integer"
   },
   "log": {
    "maxLength": 120,
    "type": "string"
   },
   "mark": {
    "anyOf": [
     {
      "maxLength": 16384,
      "type": "string"
     },
     {
      "type": "null"
     }
    ],
    "default": null
   },
   "seal": {
    "anyOf": [
     {
      "maxLength": 16384,
      "type": "string"
     },
     {
      "type": "null"
     }
    ],
    "default": null
   },
   "attestation": {
    "anyOf": [
     {
      "maxLength": 16384,
      "type": "string"
     },
     {
      "type": "null"
     }
    ],
    "default": null
   },
   "approvals": {
    "items": {
     "maxLength": 16384,
     "type": "string"
    },
    "type": "array"
   },
   "statements": {
    "items": {
     "$ref": "_Statement"
    },
    "type": "array"
   },
   "anchor": {
    "anyOf": [
     {
      "$ref": "_Checkpoint"
     },
     {
      "type": "null"
     }
    ],
    "default": null
   },
   "first": {
    "anyOf": [
     {
      "$ref": "_First"
     },
     {
      "type": "null"
     }
    ],
    "default": null
   },
   "latest": {
    "anyOf": [
     {
      "maxLength": 131072,
      "type": "string"
     },
     {
      "type": "null"
     }
    ],
    "default": null
   },
   "directory": {
    "anyOf": [
     {
      "$ref": "_Directory"
     },
     {
      "type": "null"
     }
    ],
    "default": null
   },
   "trust_list": {
    "anyOf": [
     {
      "maxLength": 4194304,
      "type": "string"
     },
     {
      "type": "null"
     }
    ],
    "default": null
   },
   "trust_roots": {
    "items": {
     "additionalProperties": true,
     "type": "object"
    },
    "type": "array"
   }
  },
  "required": [
   "v",
   "log",
   "approvals",
   "statements",
   "trust_roots"
  ],
  "type": "object"
 },
 "_Checkpoint": {
  "additionalProperties": false,
  "properties": {
   "checkpoint": {
    "maxLength": 131072,
    "type": "string"
   },
   "consistency": {
    "items": {
     "pattern": "^[A-Za-z0-9_-]{43}$",
     "type": "string"
    },
    "type": "array"
   }
  },
  "required": [
   "checkpoint",
   "consistency"
  ],
  "type": "object"
 },
 "_Directory": {
  "additionalProperties": false,
  "properties": {
   "entry": {
    "exclusiveMaximum": 9007199254740992,
    "minimum": 0,
    "type": "integer"
   },
   "anchor": {
    "$ref": "_Checkpoint"
   },
   "buckets": {
    "items": {
     "$ref": "_Bucket"
    },
    "type": "array"
   }
  },
  "required": [
   "entry",
   "anchor",
   "buckets"
  ],
  "type": "object"
 },
 "_File": {
  "additionalProperties": false,
  "properties": {
   "signed": {
    "maxLength": 1048576,
    "type": "string"
   },
   "signatures": {
    "items": {
     "$ref": "_Signature"
    },
    "maxItems": 32,
    "type": "array"
   }
  },
  "required": [
   "signed",
   "signatures"
  ],
  "type": "object"
 },
 "_First": {
  "additionalProperties": false,
  "properties": {
   "checkpoint": {
    "maxLength": 131072,
    "type": "string"
   },
   "consistency": {
    "items": {
     "pattern": "^[A-Za-z0-9_-]{43}$",
     "type": "string"
    },
    "type": "array"
   },
   "path": {
    "items": {
     "pattern": "^[A-Za-z0-9_-]{43}$",
     "type": "string"
    },
    "type": "array"
   }
  },
  "required": [
   "checkpoint",
   "consistency",
   "path"
  ],
  "type": "object"
 },
 "_Signature": {
  "additionalProperties": false,
  "properties": {
   "holder": {
    "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
    "type": "string"
   },
   "es256": {
    "maxLength": 100,
    "type": "string"
   },
   "ml_dsa_65": {
    "maxLength": 5000,
    "type": "string"
   }
  },
  "required": [
   "holder",
   "es256",
   "ml_dsa_65"
  ],
  "type": "object"
 },
 "_Statement": {
  "additionalProperties": false,
  "properties": {
   "index": {
    "exclusiveMaximum": 9007199254740992,
    "minimum": 0,
    "type": "integer"
   },
   "statement": {
    "maxLength": 16384,
    "type": "string"
   },
   "path": {
    "items": {
     "pattern": "^[A-Za-z0-9_-]{43}$",
     "type": "string"
    },
    "type": "array"
   }
  },
  "required": [
   "index",
   "statement",
   "path"
  ],
  "type": "object"
 },
 "verifier__mark___Claims": {
  "additionalProperties": false,
  "properties": {
   "iss": {
    "pattern": "^https://[^\\s\\\"<>\\\\^`{|}]{1,200}$",
    "type": "string"
   },
   "sub": {
    "pattern": "^https://[^\\s\\\"<>\\\\^`{|}]{1,200}$",
    "type": "string"
   },
   "trust_mark_type": {
    "pattern": "^https://[^\\s\\\"<>\\\\^`{|}]{1,200}$",
    "type": "string"
   },
   "id": {
    "pattern": "^https://[^\\s\\\"<>\\\\^`{|}]{1,200}$",
    "type": "string"
   },
   "iat": {
    "exclusiveMaximum": 137438953472,
    "exclusiveMinimum": 0,
    "type": "integer"
   },
   "nbf": {
    "exclusiveMaximum": 137438953472,
    "exclusiveMinimum": 0,
    "type": "integer"
   },
   "exp": {
    "exclusiveMaximum": 137438953472,
    "exclusiveMinimum": 0,
    "type": "integer"
   },
   "jti": {
    "format": "mark-id",
    "type": "string"
   },
   "ref": {
    "pattern": "^https://[^\\s\\\"<>\\\\^`{|}]{1,200}$",
    "type": "string"
   },
   "logo_uri": {
    "pattern": "^https://[^\\s\\\"<>\\\\^`{|}]{1,200}$",
    "type": "string"
   },
   "status": {
    "$ref": "Status"
   },
   "scs": {
    "$ref": "Content"
   }
  },
  "required": [
   "iss",
   "sub",
   "trust_mark_type",
   "id",
   "iat",
   "nbf",
   "exp",
   "jti",
   "ref",
   "logo_uri",
   "status",
   "scs"
  ],
  "type": "object"
 },
 "verifier__statement__approval___Claims": {
  "additionalProperties": false,
  "properties": {
   "iss": {
    "pattern": "^https://[^\\s\\\"<>\\\\^`{|}]{1,200}$",
    "type": "string"
   },
   "aud": {
    "type": "string"
   },
   "jti": {
    "pattern": "^[A-Za-z0-9_-]{16,64}$",
    "type": "string"
   },
   "iat": {
    "exclusiveMaximum": 137438953472,
    "exclusiveMinimum": 0,
    "type": "integer"
   },
   "exp": {
    "exclusiveMaximum": 137438953472,
    "exclusiveMinimum": 0,
    "type": "integer"
   },
   "subject": {
    "pattern": "^[A-Za-z0-9_-]{43}$",
    "type": "string"
   },
   "nonce": {
    "pattern": "^[A-Za-z0-9_-]{22}$",
    "type": "string"
   }
  },
  "required": [
   "iss",
   "aud",
   "jti",
   "iat",
   "exp",
   "subject",
   "nonce"
  ],
  "type": "object"
 },
 "verifier__statement__attestation___Claims": {
  "additionalProperties": false,
  "properties": {
   "mark": {
    "format": "mark-id",
    "type": "string"
   },
   "sub": {
    "pattern": "^https://[^\\s\\\"<>\\\\^`{|}]{1,200}$",
    "type": "string"
   },
   "scheme": {
    "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
    "type": "string"
   },
   "tier": {
    "maximum": 9,
    "minimum": 1,
    "type": "integer"
   },
   "criteria_sha256": {
    "pattern": "^[A-Za-z0-9_-]{43}$",
    "type": "string"
   },
   "scope_sha256": {
    "pattern": "^[A-Za-z0-9_-]{43}$",
    "type": "string"
   },
   "holder_sha256": {
    "pattern": "^[A-Za-z0-9_-]{43}$",
    "type": "string"
   },
   "results": {
    "pattern": "^[A-Za-z0-9_-]{43}$",
    "type": "string"
   },
   "all_met": {
    "const": true,
    "type": "boolean"
   },
   "evaluated": {
    "$ref": "Period"
   },
   "tv": {
    "anyOf": [
     {
      "$ref": "TechnicalVerification"
     },
     {
      "type": "null"
     }
    ],
    "default": null
   },
   "confirmed": {
    "anyOf": [
     {
      "$ref": "Confirmed"
     },
     {
      "type": "null"
     }
    ],
    "default": null
   },
   "iss": {
    "pattern": "^https://[^\\s\\\"<>\\\\^`{|}]{1,200}$",
    "type": "string"
   },
   "aud": {
    "maxLength": 120,
    "type": "string"
   },
   "jti": {
    "pattern": "^[A-Za-z0-9_-]{16,64}$",
    "type": "string"
   },
   "iat": {
    "exclusiveMaximum": 137438953472,
    "exclusiveMinimum": 0,
    "type": "integer"
   },
   "exp": {
    "exclusiveMaximum": 137438953472,
    "exclusiveMinimum": 0,
    "type": "integer"
   },
   "nonce": {
    "pattern": "^[A-Za-z0-9_-]{22}$",
    "type": "string"
   }
  },
  "required": [
   "mark",
   "sub",
   "scheme",
   "tier",
   "criteria_sha256",
   "scope_sha256",
   "holder_sha256",
   "results",
   "all_met",
   "evaluated",
   "iss",
   "aud",
   "jti",
   "iat",
   "exp",
   "nonce"
  ],
  "type": "object"
 },
 "verifier__statement__claims___Claims": {
  "additionalProperties": false,
  "properties": {
   "v": {
    "const": 1,
    "type": "integer"
   },
   "log": {
    "maxLength": 120,
    "type": "string"
   },
   "type": {
    "maxLength": 40,
    "type": "string"
   },
   "object": {
    "pattern": "^https://[^\\s\\\"<>\\\\^`{|}]{1,200}$",
    "type": "string"
   },
   "iss": {
    "pattern": "^https://[^\\s\\\"<>\\\\^`{|}]{1,200}$",
    "type": "string"
   },
   "iat": {
    "exclusiveMaximum": 137438953472,
    "exclusiveMinimum": 0,
    "type": "integer"
   },
   "jti": {
    "pattern": "^[A-Za-z0-9_-]{16,64}$",
    "type": "string"
   },
   "prev": {
    "anyOf": [
     {
      "exclusiveMaximum": 9007199254740992,
      "minimum": 0,
      "type": "integer"
     },
     {
      "type": "null"
     }
    ]
   },
   "anchor": {
    "anyOf": [
     {
      "$ref": "Anchor"
     },
     {
      "type": "null"
     }
    ]
   },
   "public": {
    "additionalProperties": true,
    "type": "object"
   },
   "sd": {
    "items": {
     "pattern": "^[A-Za-z0-9_-]{43}$",
     "type": "string"
    },
    "type": "array"
   },
   "second": {
    "anyOf": [
     {
      "pattern": "^[A-Za-z0-9_-]{43}$",
      "type": "string"
     },
     {
      "type": "null"
     }
    ],
    "default": null
   }
  },
  "required": [
   "v",
   "log",
   "type",
   "object",
   "iss",
   "iat",
   "jti",
   "prev",
   "anchor",
   "public",
   "sd"
  ],
  "type": "object"
 },
 "verifier__trust__trustlist___Claims": {
  "additionalProperties": false,
  "properties": {
   "iss": {
    "pattern": "^https://[^\\s\\\"<>\\\\^`{|}]{1,200}$",
    "type": "string"
   },
   "iat": {
    "exclusiveMaximum": 137438953472,
    "exclusiveMinimum": 0,
    "type": "integer"
   },
   "exp": {
    "exclusiveMaximum": 137438953472,
    "exclusiveMinimum": 0,
    "type": "integer"
   },
   "nonce": {
    "pattern": "^[A-Za-z0-9_-]{22}$",
    "type": "string"
   },
   "log": {
    "maxLength": 120,
    "type": "string"
   },
   "size": {
    "exclusiveMaximum": 2147483648,
    "minimum": 1,
    "type": "integer"
   },
   "root": {
    "exclusiveMaximum": 2147483648,
    "minimum": 1,
    "type": "integer"
   },
   "hosts": {
    "items": {
     "type": "string"
    },
    "type": "array"
   },
   "bodies": {
    "items": {
     "$ref": "ListedBody"
    },
    "type": "array"
   }
  },
  "required": [
   "iss",
   "iat",
   "exp",
   "nonce",
   "log",
   "size",
   "root",
   "hosts",
   "bodies"
  ],
  "type": "object"
 }
};

export const TOKEN_RULES = {
 "statement+jwt": {
  "longest": 4096,
  "lifetime": null
 },
 "qr-seal+jwt": {
  "longest": 2048,
  "lifetime": null
 },
 "verification-receipt+jwt": {
  "longest": 65536,
  "lifetime": null
 },
 "admission-receipt+jwt": {
  "longest": 4096,
  "lifetime": null
 },
 "trust-mark+jwt": {
  "longest": 8192,
  "lifetime": 0
 },
 "evaluation-attestation+jwt": {
  "longest": 8192,
  "lifetime": 15552000
 },
 "approval+jwt": {
  "longest": 4096,
  "lifetime": 1209600
 },
 "key-proof+jwt": {
  "longest": 4096,
  "lifetime": 3600
 },
 "statuslist+jwt": {
  "longest": 32768,
  "lifetime": 259200
 },
 "trust-list+jwt": {
  "longest": 4194304,
  "lifetime": 604800
 },
 "recognition-list+jwt": {
  "longest": 4194304,
  "lifetime": 604800
 },
 "client-assertion+jwt": {
  "longest": 4096,
  "lifetime": 300
 },
 "entity-statement+jwt": {
  "longest": 262144,
  "lifetime": 7776000
 },
 "jwk-set+jwt": {
  "longest": 262144,
  "lifetime": null
 },
 "trust-mark-status-response+jwt": {
  "longest": 16384,
  "lifetime": 0
 },
 "dc+sd-jwt": {
  "longest": 8192,
  "lifetime": 0
 },
 "supplement-attestation+jwt": {
  "longest": 65536,
  "lifetime": 15552000
 },
 "batch-receipt+jwt": {
  "longest": 4096,
  "lifetime": null
 },
 "agreement-fact+jwt": {
  "longest": 4096,
  "lifetime": 1209600
 }
};
