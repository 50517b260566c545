"""What the blog does: one deed per file, no HTTP and no SQL in here."""
