"""How the tests obtain what no Python package is: PostgreSQL, Chromium, Node and its packages."""
