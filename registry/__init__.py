"""The public record of a certification-mark scheme. Which folder does what:

admission/     a statement is judged and becomes an entry; the API by which it comes
log/           the ledger and its one writer; on PostgreSQL the sequencer
publishing/    what is signed of the log: checkpoints, directory, status lists, published files
rows/          the database in both dialects, and all SQL
reading/       the reader: pages and answers out of published files alone
verification/  the verification service: look-ups, lists, search, receipts
portal/        what registered clients keep: watches, webhooks, digests
treaty/        recognition agreements in the log
witness/       those who cosign
root/          founding, and the ceremony of the trust root
desk/          what two operators say; console/ is its pages
applications/  bodies that apply; casebook/ complaints and appeals; timers/ what the clock does
document/      signed PDFs of marks
recovering/    backup and recovery
household/     the processes, and how they live and end together
web/           what every process that serves is made of
contracts/     the OpenAPI documents
scenario/      demonstration, simulated year, lies, tour, sandbox
"""
