"""A blog on the public internet, with the servers around it."""

from dataclasses import dataclass

from fediblog.demo.server import DemoServer
from tests.bench import RunningBlog
from tests.federation.inbox.senders import Sender, newcomer
from tests.federation.internet import Internet

ORIGIN = "https://fake.test"
NAMES = ("evil.test", "intranet.test", "xn--bcher-kva.test")


@dataclass(frozen=True, slots=True)
class Public:
    """The blog, and the internet around it."""

    blog: RunningBlog
    net: Internet
    servers: dict[str, DemoServer]

    def stranger(self, name: str, host: str = "evil.test") -> Sender:
        """Somebody new on a server; each test has its own, as failures are remembered."""
        return newcomer(self.blog, self.servers[host], name)

    def fetches(self, sender: Sender) -> int:
        """How often somebody's actor has been asked for."""
        return [asked.path for asked in sender.server.requests].count(sender.path)
