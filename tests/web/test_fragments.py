"""Pieces of pages that are kept: each is made once, and anew when anything that it shows is."""

from collections.abc import Hashable
from dataclasses import dataclass, field

from markupsafe import Markup

from fediblog.actions.documents import permalink
from fediblog.demo.server import DemoServer
from fediblog.web.fragments import Fragments, Made
from tests.bench import RunningBlog, until


@dataclass
class _Row:
    made_of: Hashable | None


@dataclass
class _Macro:
    made: list[Hashable | None] = field(default_factory=list)

    def __call__(self, row: Made) -> Markup:
        self.made.append(row.made_of)
        return Markup("<b>%s</b>") % row.made_of

    __hash__ = object.__hash__


def test_a_piece_is_made_once_by_each_macro() -> None:
    fragments, one, other = Fragments(), _Macro(), _Macro()
    for _ in range(3):
        assert fragments.each(one, [_Row("a")]) == "<b>a</b>"
        fragments.each(one, [_Row("b")])
        fragments.each(other, [_Row("a")])
    assert (one.made, other.made) == (["a", "b"], ["a"])


def test_what_cannot_say_all_that_it_shows_is_made_each_time() -> None:
    fragments, macro = Fragments(), _Macro()
    for _ in range(3):
        fragments.each(macro, [_Row(None)])
    assert len(macro.made) == 3
    assert len(fragments) == 0


def test_only_so_much_is_kept_and_what_is_asked_for_stays() -> None:
    fragments, macro = Fragments(100_000), _Macro()
    for number in range(1000):
        fragments.each(macro, [_Row("often")])
        fragments.each(macro, [_Row(number)])
        assert len(fragments) <= 50
    assert macro.made.count("often") == 1
    assert macro.made.count(0) == 1
    fragments.each(macro, [_Row(0)])
    assert macro.made.count(0) == 2


async def test_a_new_reply_leaves_the_pieces_of_the_others(
    blog: RunningBlog, town: DemoServer
) -> None:
    fragments = blog.app.state.templates.fragments
    post = await blog.publish()
    for number in range(5):
        await town.reply("alice", blog.article(post), f"<p>Number {number}.</p>")
    await blog.settled()
    await until(lambda: _has_pictures(blog))
    fragments.clear()
    first = (await blog.page(f"/articles/{post.key}")).text
    assert len(fragments) == first.count("Number ") == 5
    await town.reply("bob", blog.article(post), "<p>Number 5.</p>")
    await blog.settled()
    second = (await blog.page(f"/articles/{post.key}")).text
    assert len(fragments) == second.count("Number ") == 6
    german = (await blog.page(f"{permalink(blog.blog, post)}?lang=de")).text
    assert german.count("Number ") == 6
    assert "original<span" not in german
    assert len(fragments) == 12


async def _has_pictures(blog: RunningBlog) -> bool:
    """Whether nobody's picture is yet to come, which would make their replies look different."""
    rows = await blog.blog.db.rows("SELECT 1 FROM actor WHERE icon_url <> '' AND avatar = ''")
    return not rows
