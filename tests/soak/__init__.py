"""Mixed traffic with faults, and an account of what became of it. Run by `scripts/soak`."""
