"""Blocks: which servers and words they match; and what looks like spam."""

import time

import pytest

from fediblog.domain.blocks import Rule, Rules, compiled
from fediblog.domain.spam import CHECKS, Signs, count_links, suspect


def _rule(number: int, kind: str, value: str, action: str = "reject") -> Rule:
    return Rule(number, kind, value, "", action, "")


@pytest.mark.parametrize(
    ("authority", "is_blocked"),
    [
        ("bad.example", True),
        ("sub.bad.example", True),
        ("a.b.bad.example:8443", True),
        ("bad.example:8443", True),
        ("notbad.example", False),
        ("example", False),
        ("bad.example.org", False),
        ("[::1]:80", False),
    ],
)
def test_a_server_is_blocked_with_all_beneath_it(authority: str, is_blocked: bool) -> None:
    rules = Rules.of([_rule(1, "server", "bad.example")])
    assert (rules.server(authority) is not None) == is_blocked


def test_of_several_rules_the_one_that_rejects_counts() -> None:
    rules = Rules.of(
        [_rule(1, "person", "https://a.example/x", "silence"), _rule(2, "server", "a.example")]
    )
    found = rules.person("https://a.example/x", "a.example")
    assert found is not None and found.id == 2


@pytest.mark.parametrize(
    ("words", "text", "matches"),
    [
        ("casino", "The CASINO.", True),
        ("casino", "casinos", False),
        ("casino*", "casinos", True),
        ("*coin", "try Dogecoin today", True),
        ("buy now", "Buy\n now!", True),
        ("buy now", "buy it now", False),
        ("t.me/*", "see https://t.me/x", True),
        ("t.me", "ptpme", False),
        ("café", "CAFE", True),
        ("カジノ", "カジノ!", True),
        ("a*b", "a b", False),
    ],
)
def test_words_match_whole_words(words: str, text: str, matches: bool) -> None:
    assert (Rules.of([_rule(1, "words", words)]).words(text) is not None) == matches


@pytest.mark.parametrize("words", ["*", "", "!?", "* *"])
def test_words_that_match_everything_are_refused(words: str) -> None:
    with pytest.raises(ValueError, match="letter"):
        compiled(words)


def test_a_long_text_hides_no_other() -> None:
    rules = Rules.of([_rule(1, "words", "casino")])
    assert rules.words("x " * 100_000, "casino") is not None


@pytest.mark.parametrize(
    ("link", "counts"),
    [
        ('<a href="https://x.example/">here</a>', True),
        ('<a class="u-url mention" href="https://x.example/">@bob</a>', True),
        ('<a class="u-url mention" href="https://far.example/@bob">@<span>bob</span></a>', False),
        ('<a href="https://far.example/@bob">not called a mention</a>', True),
        ('<a class="mention hashtag" href="https://x.example/tags/cats">#cats</a>', True),
        ('<a class="mention hashtag" href="https://own.example/tags/cafe">#<b>Café</b></a>', False),
        ('<a class="hashtag" href="https://own.example/search?tag=cats">#cats</a>', False),
        ('<a class="hashtag" href="https://own.example/buy">#cats</a>', True),
        ('<a class="hashtag" href="https://own.example/">#</a>', True),
        ('<a class="hashtag" href="https://[own/tags/cats">#cats</a>', True),
        ("<a>no link</a>", False),
    ],
)
def test_a_link_is_none_if_it_leads_to_whom_it_mentions_or_to_a_tag(
    link: str, counts: bool
) -> None:
    people = {"https://far.example/@bob"}
    assert count_links(f"<p>{link} and {link}</p>", people, "own.example") == 2 * counts


def test_no_text_takes_long() -> None:
    rules = Rules.of([_rule(1, "words", "a" + "*a" * 40 + "b")])
    began = time.perf_counter()
    assert rules.words("a" * 100_000) is None
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize(
    ("name", "bad", "fine"),
    [
        ("spam_same_text", Signs(same=3), Signs(same=2)),
        ("spam_mentions", Signs(mentions=9), Signs(mentions=8)),
        ("spam_many_links", Signs(links=6), Signs(links=5)),
        ("spam_new_account", Signs(links=1, age_days=2), Signs(links=1, age_days=3)),
        ("spam_new_account", Signs(mentions=2, age_days=0), Signs(mentions=1, age_days=0)),
        ("spam_new_account", Signs(links=1, age_days=0), Signs(links=1)),
        ("spam_links", Signs(links=1), Signs()),
    ],
)
def test_each_check_holds_what_it_is_about_and_can_be_off(
    name: str, bad: Signs, fine: Signs
) -> None:
    assert suspect(bad, {name})
    assert not suspect(fine, {name})
    assert not suspect(bad, set())
    assert not suspect(fine, set(CHECKS) - {"spam_links"}) or fine.links > 5
