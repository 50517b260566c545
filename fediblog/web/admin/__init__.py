"""The pages of the one who writes."""
