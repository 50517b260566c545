"""How others will show a post: from the Article as it is sent, by the rules of their programs.

The rules are those of section A of the requirements: Mastodon 4.3 to 4.7 (A1 to A9), GoToSocial
(N9), Misskey (A12) and Lemmy (A13). Nothing is drawn here; a look says what is seen, and in which
order.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fediblog.domain.lead_picture import refused_pictures
from fediblog.domain.markup import StartTag, scan
from fediblog.domain.plaintext import plain_text, shortened, text_blocks
from fediblog.domain.tags import hashtag

Document = Mapping[str, Any]

#: Mastodon shows no more pictures beside one another.
_MOST_PICTURES = 4
#: What Lemmy keeps of a title.
_LONGEST_ON_LEMMY = 200
#: About two lines of a link card.
_LONGEST_ON_A_CARD = 100
_MOST_BLOCKS, _LONGEST_TEXT = 6, 500


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that goes along, by its address."""

    url: str
    alt: str


@dataclass(frozen=True, slots=True)
class Card:
    """What stands for a link. image: empty for none."""

    title: str
    description: str
    image: str
    site: str


@dataclass(frozen=True, slots=True)
class Look:
    """A post as one program shows it, from above to below.

    shown: whether anybody there gets to see it. fold: behind which text everything else stands,
    empty if it is open. title and text (paragraphs); link: an address after them. blurred: whether
    pictures are shown only to who asks for them. remark: what else is to know.
    """

    program: str
    shown: bool
    fold: str
    title: str
    text: Sequence[str]
    link: str
    tags: Sequence[str]
    pictures: Sequence[Picture]
    card: Card | None
    blurred: bool
    remark: str


@dataclass(frozen=True, slots=True)
class Advice:
    """Something that is not seen as the author may think. where: the programs; todo: what helps."""

    where: str
    what: str
    todo: str


@dataclass(frozen=True, slots=True)
class Written:
    """What the Article alone does not tell: the excerpt and the tags as they were typed, and the
    handles of the communities that are mentioned."""

    excerpt: str
    tags: Sequence[str]
    communities: Sequence[str]


def looks(article: Document, card: Card) -> Sequence[Look]:
    """How the four programs show an Article. card: what its page says of itself."""
    return [
        _mastodon(article, card),
        _gotosocial(article),
        _misskey(article),
        _lemmy(article),
    ]


def advise(article: Document, written: Written) -> Sequence[Advice]:
    """What is worth a second thought before such an Article is sent."""
    return [
        *_about_text(article, written),
        *_about_pictures(article),
        *_about_tags(written.tags),
        *_about_communities(article, written.communities),
    ]


def _mastodon(article: Document, card: Card) -> Look:
    """A1, A2: the title in bold, the summary, the address; never the content. A7: hashtags beneath.
    A9: a card of the first link, unless there are pictures."""
    pictures = _attached(article)[:_MOST_PICTURES]
    summary = str(article.get("summary", ""))
    stolen = next(_links(summary), "")
    of_link = Card(stolen, "", "", stolen) if stolen else card
    return Look(
        program="Mastodon",
        shown=True,
        fold="",
        title=str(article["name"]),
        text=text_blocks(summary),
        link=str(article["url"]),
        tags=_hashtags(article),
        pictures=pictures,
        card=None if pictures else of_link,
        blurred=bool(article.get("sensitive")),
        remark="The text itself is read on your page only.",
    )


def _gotosocial(article: Document) -> Look:
    """N9: the summary, else the title, is what the post is folded behind; with a summary the title
    is lost. Pictures only from what is attached, and no card."""
    summary = plain_text(str(article.get("summary", "")))
    return Look(
        program="GoToSocial",
        shown=True,
        fold=summary or str(article["name"]),
        title="",
        text=_content(article),
        link="",
        tags=_hashtags(article),
        pictures=_attached(article),
        card=None,
        blurred=bool(article.get("sensitive")),
        remark="Pictures in the text and the form of tables are lost.",
    )


def _misskey(article: Document) -> Look:
    """A12: the title in brackets before the text, a link after it; a summary folds all of it."""
    return Look(
        program="Misskey",
        shown=True,
        fold=plain_text(str(article.get("summary", ""))),
        title=f"【{article['name']}】",
        text=_content(article),
        link=str(article["url"]),
        tags=(),
        pictures=_attached(article),
        card=None,
        blurred=bool(article.get("sensitive")),
        remark="Pictures in the text are lost.",
    )


def _lemmy(article: Document) -> Look:
    """A13: nothing without a community. The title leads to the first thing attached, its picture
    beside it; the text is the Markdown, and the summary is not shown."""
    shown = bool(article.get("audience"))
    first: Document = next(iter(article.get("attachment", ())), {})
    lead = article.get("image", {})
    return Look(
        program="Lemmy",
        shown=shown,
        fold="",
        title=shortened(str(article["name"]), _LONGEST_ON_LEMMY),
        text=_content(article),
        link=str(first.get("href") or first.get("url") or ""),
        tags=(),
        pictures=[Picture(str(lead["url"]), str(lead.get("name", "")))] if lead else (),
        card=None,
        blurred=bool(article.get("sensitive")),
        remark="It stands in the community that the text mentions."
        if shown
        else "Posts appear in communities only: mention one in the text, as @community@server.",
    )


def _about_text(article: Document, written: Written) -> Iterator[Advice]:
    name, summary = str(article["name"]), str(article.get("summary", ""))
    if len(name) > _LONGEST_ON_LEMMY:
        yield Advice(
            "Lemmy",
            f"The title has {len(name)} characters; Lemmy keeps {_LONGEST_ON_LEMMY} of them.",
            "Make it shorter.",
        )
    elif len(name) > _LONGEST_ON_A_CARD:
        yield Advice(
            "Mastodon",
            f"The title has {len(name)} characters, and is cut off in link cards.",
            "Make it shorter, or see to it that it is understood by how it begins.",
        )
    if "‹" in name or "›" in name:
        yield Advice(
            "Everywhere",
            "Mastodon would take < and > in a title for HTML, so look-alikes are sent.",
            "Nothing has to be done; in words they would be read better.",
        )
    if next(_links(summary), ""):
        yield Advice(
            "Mastodon",
            "There is a link in the excerpt: its card would stand in place of the post's.",
            "Take it out of the excerpt.",
        )
    elif "://" in written.excerpt:
        yield Advice(
            "Mastodon",
            "There is an address in the excerpt. It is sent without its https://, for a link there "
            "would take the place of the card with your post.",
            "Leave it out of the excerpt.",
        )
    if article.get("sensitive"):
        yield Advice(
            "Everywhere",
            "The content warning hides the whole post on GoToSocial and Misskey. Mastodon folds no "
            "Article: there it stands in place of the excerpt, and pictures are blurred.",
            "Let the warning alone say enough to choose by; the title is always seen on Mastodon.",
        )
    elif summary:
        yield Advice(
            "GoToSocial, Misskey",
            "The post is folded behind the excerpt there, and GoToSocial does not show the title.",
            "Let the excerpt say what the post is about; or send none, under Settings.",
        )
    if "source" not in article and article["content"]:
        yield Advice(
            "Everywhere",
            "The post is larger than other servers take: they may get only how it begins.",
            "Nothing has to be done; two posts would both be sent whole.",
        )


def _about_pictures(article: Document) -> Iterator[Advice]:
    content, page = str(article["content"]), str(article["url"])
    attached = _attached(article)
    # A lead picture without one only decorates: its author has said so.
    if silent := {url for url, alt in _images(content) if not alt.strip()}:
        some = "A picture in the text has" if len(silent) == 1 else "Pictures in the text have"
        yield Advice(
            "Everywhere",
            f"{some} no description: who cannot see does not learn what is there.",
            "Write what is on it between the brackets of ![…](…).",
        )
    if refused := refused_pictures(content, page):
        yield Advice(
            "Mastodon",
            f"A picture of the type {' and '.join(sorted(refused)).upper()} is not taken there.",
            "Use a JPEG, PNG, GIF or WebP file, if it is to stand for the post.",
        )
    shown = len({url for url, _ in _images(content)} | {each.url for each in attached})
    if attached and shown > _MOST_PICTURES:
        yield Advice(
            "Mastodon",
            f"Of {shown} pictures the first {_MOST_PICTURES} are shown.",
            "Put those first that matter, or let a link card stand for the post.",
        )


def _about_tags(tags: Sequence[str]) -> Iterator[Advice]:
    for tag in tags:
        word = hashtag(tag)
        if not word or word.replace("_", "").isdecimal():
            yield Advice(
                "Everywhere",
                f"“{tag}” is no hashtag elsewhere: one needs a letter.",
                "Add a word to it, or leave it: it has a page on your blog.",
            )
        elif word != tag:
            yield Advice(
                "Everywhere",
                f"The tag “{tag}” becomes #{word}.",
                "Capitals help who listens: #WebDevelopment is read as two words.",
            )


def _about_communities(article: Document, communities: Sequence[str]) -> Iterator[Advice]:
    if len(communities) > 1:
        listed = " and ".join(f"@{handle}" for handle in communities)
        yield Advice(
            "Lemmy",
            f"A post can be addressed to one community, and {listed} are several.",
            "Choose one; it cannot be published as it is.",
        )


def _hashtags(article: Document) -> Sequence[str]:
    return [str(tag["name"]) for tag in article.get("tag", ()) if tag["type"] == "Hashtag"]


def _attached(article: Document) -> Sequence[Picture]:
    return [
        Picture(str(each["url"]), str(each.get("name") or ""))
        for each in article.get("attachment", ())
        if each["type"] == "Image"
    ]


def _content(article: Document) -> Sequence[str]:
    """How the text begins: the page is about what surrounds it."""
    blocks, left = [], _LONGEST_TEXT
    for block in text_blocks(str(article["content"]))[:_MOST_BLOCKS]:
        if left <= 0:
            break
        blocks.append(shortened(block, left))
        left -= len(block)
    return blocks


def _images(html: str) -> Iterator[tuple[str, str]]:
    for token in scan(html):
        if isinstance(token, StartTag) and token.name == "img":
            yield token.attributes.get("src", ""), token.attributes.get("alt", "")


def _links(html: str) -> Iterator[str]:
    """Where links lead to, other than mentions and hashtags, of which nobody makes a card."""
    for token in scan(html):
        if isinstance(token, StartTag) and token.name == "a":
            classes = token.attributes.get("class", "").split()
            if not {"mention", "hashtag"} & set(classes):
                yield token.attributes.get("href", "")
