"""A buyer's desk: lists of suppliers, requests and watches on the buyer's own machine, as a local web application.

Lists are checked by the code of `shirushi check` against a copy of the directory, so no list leaves the machine. What
does go out is asked for by a press of a button and says so: pulling the copy, and what is kept at a registry's portal.
Not done here: sending mail, and deciding what follows from an answer.
"""
