"""The only place that opens connections to other servers: guard, connector, transport, client."""

import sys

# httpx brings a command line of its own wherever it finds what that needs: rich and Pygments would
# be in every server's memory for nothing. Without it httpx says so to whoever calls it.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
