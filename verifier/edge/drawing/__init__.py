"""What is drawn: QR codes, artwork, typeset documents."""
