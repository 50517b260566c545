"""What makes a stranger's reply look like spam: from facts alone, without asking anybody.

It only ever holds a reply for the author, and says why; whoever was shown before is not looked at.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from fediblog.domain.blocks import fold
from fediblog.domain.markup import EndTag, StartTag, Text, scan

#: The checks by their names in the form, with what they are there.
CHECKS: Final[Mapping[str, str]] = {
    "spam_same_text": "The same text came several times",
    "spam_mentions": "It mentions very many people",
    "spam_many_links": "It has very many links",
    "spam_new_account": "Its account is only days old, and it has links or mentions others",
    "spam_links": "It has any link",
}
#: Those that are on before the author has chosen.
USUAL: Final = frozenset({"spam_same_text", "spam_mentions", "spam_many_links"})
#: What is shorter is often the same by chance.
SHORTEST_SAME: Final = 40
_MOST_SAME = 3
_MOST_MENTIONS = 8
_MOST_LINKS = 5
_NEW_DAYS = 3


@dataclass(frozen=True, slots=True)
class Signs:
    """What is seen of a reply of somebody of whom nothing is shown. same: how many other replies
    say the same, of anybody and anywhere; age_days: how old the account is, None if unsaid."""

    links: int = 0
    mentions: int = 0
    same: int = 0
    age_days: int | None = None


def count_links(html: str, people: Collection[str], server: str) -> int:
    """How many links sanitised `html` has but for those to whom it mentions and for tags.

    people: where links to whom it mentions lead. server: the authority of the author's server, for
    that is where tags lead, to a page with their name. What a link calls itself is not enough.
    """
    links = 0
    if "<a" not in html:
        return links
    inside: StartTag | None = None
    text = ""
    for token in scan(html):
        if isinstance(token, StartTag) and token.name == "a" and "href" in token.attributes:
            inside, text = token, ""
        elif isinstance(token, Text):
            text += token.content if inside else ""
        elif inside and token == EndTag("a"):
            href, classes = inside.attributes["href"], inside.attributes.get("class", "").split()
            is_mention = "mention" in classes and href in people
            links += not is_mention and not ("hashtag" in classes and _is_tag(text, href, server))
            inside = None
    return links


def _is_tag(text: str, href: str, server: str) -> bool:
    name = fold(text.strip().removeprefix("#"))
    try:
        leads_there = urlsplit(href).netloc.lower() == server.lower()
    except ValueError:
        return False
    return leads_there and bool(name) and fold(unquote(href)).endswith((f"/{name}", f"={name}"))


def suspect(signs: Signs, checks: Collection[str]) -> str:
    """Why a reply looks like spam by the checks that are on; empty if it does not."""
    found = {
        "spam_same_text": (
            signs.same >= _MOST_SAME,
            f"The same text came {signs.same} times before.",
        ),
        "spam_mentions": (
            signs.mentions > _MOST_MENTIONS,
            f"A stranger mentions {signs.mentions} people in it.",
        ),
        "spam_many_links": (
            signs.links > _MOST_LINKS,
            f"It has {signs.links} links of a stranger.",
        ),
        "spam_new_account": (
            signs.age_days is not None
            and signs.age_days < _NEW_DAYS
            and (signs.links > 0 or signs.mentions > 1),
            f"Its account is {signs.age_days} days old, and it has links or mentions others.",
        ),
        "spam_links": (signs.links > 0, "It has a link, and nothing of its author is shown yet."),
    }
    reasons = [reason for name, (applies, reason) in found.items() if applies and name in checks]
    return " ".join(reasons)
