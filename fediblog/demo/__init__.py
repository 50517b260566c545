"""A small second fediverse server with a few people on it, for newcomers and for tests."""
