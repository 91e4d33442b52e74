"""What is signed and published of the log: checkpoints, directory, status lists, the files of the read plane."""
