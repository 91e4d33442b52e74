"""The examination of one mark: each module makes a few of the verdict's checks."""
