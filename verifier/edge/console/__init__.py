"""What every console is made of: people with passkeys, sessions, roles, and what needs a second person.

A console is a local web application beside the private data that it works on: an evaluator's desk, an operator's
folder, a supplier's answers, a buyer's list. Its accounts stand in ``console.db`` of that folder and nowhere else.

    Plan        what a console is made of: its roles, its keys, its screens, its menu
    Screen      a page that is read (GET), with the roles that may
    Deed        a form that is sent (POST), with the roles that may; every deed stands in the journal
    Visit       one request of one person: the form, the page to show, the passphrase of a key
    Proposals   what one person proposes and another one carries out

Passkeys follow Web Authentication Level 3 with user verification; recovery codes are the second way. Not done here:
passwords, single sign-on, and telling two people from one person with two devices: that is what the passphrases of the
signing keys are for, and the rules of the scheme.
"""
