"""A server that may misbehave, and clients that may or may not talk to loopback."""

from collections.abc import AsyncIterator

import pytest

from fediblog.remote.client import RemoteClient
from fediblog.remote.connector import Connector
from tests.remote.server import NO_TRUST, RawServer, known, running


@pytest.fixture
async def site() -> AsyncIterator[RawServer]:
    """A plain HTTP server on loopback."""
    async with running() as server:
        yield server


@pytest.fixture
async def client() -> AsyncIterator[RemoteClient]:
    """A client in development mode: loopback and http are fine."""
    connector = Connector(known({"localhost": ["127.0.0.1"]}), ssl_context=NO_TRUST)
    remote = RemoteClient(connector, development=True, user_agent="fediblog-tests")
    yield remote
    await remote.aclose()
