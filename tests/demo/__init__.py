"""Tests of the demo server, which other tests rely on as their remote server."""
