"""The batch desk: many decided cases issued in one session, which may be killed and goes on where it stopped."""
