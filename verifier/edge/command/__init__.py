"""The commands of the judge's side: each module is one sub-command of `shirushi`."""
