"""Who is somebody at a browser, as far as a request tells: for counting how often pages are read.

Whoever wants to be counted is counted: the numbers are for the author's eyes, and nothing hangs on
them.
"""

from collections.abc import Mapping

#: What programs call themselves that fetch pages for nobody, or for somebody who may never look.
_PROGRAMS = (
    "activitypub", "apache-httpclient", "archive", "bot", "crawl", "curl", "embed", "externalhit",
    "feed", "fetch", "go-http", "headless", "http-client", "http.rb", "httpx", "java/", "libwww",
    "lighthouse", "mastodon", "monitor", "okhttp", "okio", "pingdom", "preview", "python",
    "reader/", "rss", "ruby", "scan", "scrap", "slurp", "spider", "uptime", "validator",
    "wget", "whatsapp", "+http",
)  # fmt: skip

#: The headers that it looks at.
TELLING = frozenset({b"user-agent", b"sec-purpose", b"purpose", b"sec-fetch-dest", b"accept"})


def is_reader(headers: Mapping[str, str]) -> bool:
    """Whether a GET of a page is by a browser in which somebody opens it. headers: of the request.

    Browsers say what they fetch something for, and when it is only in case somebody goes there; old
    ones say neither.
    """
    agent = headers.get("user-agent", "").lower()
    if not agent.startswith("mozilla/") or any(name in agent for name in _PROGRAMS):
        return False
    purpose = headers.get("sec-purpose", "") + headers.get("purpose", "")
    if "prefetch" in purpose or "prerender" in purpose:
        return False
    meant_for = headers.get("sec-fetch-dest")
    if meant_for is not None:
        return meant_for == "document"
    return "text/html" in headers.get("accept", "")
