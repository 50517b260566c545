"""The only place that opens connections to other servers: guard, connector, transport, client."""
