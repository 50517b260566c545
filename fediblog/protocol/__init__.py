"""Pure wire formats: bytes and documents to frozen dataclasses and back; no I/O and no clock."""
