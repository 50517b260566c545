"""Who may reply: every rule against every kind of author."""

import pytest

from fediblog.domain.policy import BENEATH, POLICIES, Facts, Policy, decide

#: For each rule which authors are shown at once.
_SHOWN = {
    "open": {"stranger", "follower", "mentioned", "known", "allowed"},
    "followers": {"follower", "mentioned", "allowed"},
    "mentioned": {"mentioned", "allowed"},
    "first": {"mentioned", "known", "allowed"},
    "all": {"allowed"},
    "closed": set[str](),
}
_AUTHORS = {
    "stranger": Facts(),
    "follower": Facts(follows=True),
    "mentioned": Facts(mentioned=True),
    "known": Facts(known=True),
    "allowed": Facts(allowed=True),
}


@pytest.mark.parametrize("who", POLICIES)
@pytest.mark.parametrize("author", _AUTHORS)
def test_each_rule_shows_whom_it_says_and_holds_the_others(who: str, author: str) -> None:
    verdict = decide(Policy(who, 0, hold_late=True), _AUTHORS[author])
    assert verdict.state == ("shown" if author in _SHOWN[who] else "held")
    assert bool(verdict.reason) == (verdict.state == "held")


@pytest.mark.parametrize("who", POLICIES)
def test_what_comes_too_late_is_never_shown(who: str) -> None:
    late = Facts(late=True, allowed=True, mentioned=True)
    assert decide(Policy(who, 3, hold_late=True), late).state == "held"
    assert decide(Policy(who, 3, hold_late=False), late).state == "hidden"


def test_what_answers_a_held_reply_waits_with_it() -> None:
    policy = Policy("open", 0, hold_late=True)
    assert decide(policy, Facts(beneath=True, allowed=True)).reason == BENEATH


def test_a_post_is_open_for_as_many_days_as_it_says() -> None:
    day = 24 * 3600 * 1000
    assert Policy("open", 2, hold_late=True).closes_at(5) == 5 + 2 * day
    assert Policy("open", 0, hold_late=True).closes_at(5) is None
