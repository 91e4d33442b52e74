"""The supplier's own place: a self-assessment, what clients ask for, and the marks that are held, on its own machine.

Nothing leaves the machine until somebody here exports it: an answer sheet for the evaluator, an answer for a client.
The data stand in ``supplier.db`` of the supplier's folder, beside the console's accounts.

    undertaking.py   what is applied for: level, organisation, scope
    answering.py     the answers, one by one, with who gave them and what shows them
    bringing.py      answers out of a file, proposals out of another questionnaire
    approving.py     the approval by an officer who answered nothing
    requests.py      what clients ask for, and the answers to them
    shelf.py         the marks that are held, judged by verifier/ like anybody's
    share_screens.py links that show a mark to one addressee
    console.py       the pages over all of it

Not done here: signing. An approval is a fact in this folder and on the sheet that goes out; the oath that a scheme asks
for is given to the evaluator, by the evaluator's invitation.
"""
