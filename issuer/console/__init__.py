"""The evaluator's desk as pages: the same deeds as the commands, for people with passkeys; no rule is added here."""
