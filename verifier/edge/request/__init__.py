"""What a client asks of a supplier, in files, letters, sheets and calendars."""
