"""A Fedify server of its own for each test that asks for one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.peers.fedify_peer import FEDIFY, FedifyPeer
from tests.provision.node import node_path, npm_install


@pytest.fixture(scope="session")
def node() -> Path:
    """The `node` program, with the packages that the Fedify server needs installed."""
    npm_install(FEDIFY)
    return node_path()


@pytest.fixture
async def fedify(node: Path, tmp_path: Path) -> AsyncIterator[FedifyPeer]:
    """A running Fedify server; what it says is in fedify.log in the test's folder."""
    async with FedifyPeer(node, tmp_path / "fedify.log") as peer:
        yield peer


@pytest.fixture
async def other_fedify(node: Path, tmp_path: Path) -> AsyncIterator[FedifyPeer]:
    """A second one, on another port."""
    async with FedifyPeer(node, tmp_path / "other_fedify.log") as peer:
        yield peer
