"""The public pages: what each one says, in Japanese and English, out of the answer that programs get."""
