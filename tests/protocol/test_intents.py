"""Which page of a server a reader is led to (section J)."""

from typing import Any

import pytest

from fediblog.protocol.intents import Intent, intent_address

OBJECT = "https://w3id.org/fep/3b86/Object"
FOLLOW = "https://w3id.org/fep/3b86/Follow"
SUBSCRIBE = "http://ostatus.org/schema/1.0/subscribe"
ID = "https://blog.example/articles/1?a=b&c"
SPELLED = "https%3A%2F%2Fblog.example%2Farticles%2F1%3Fa%3Db%26c"
FALLBACK = f"https://your.server/authorize_interaction?uri={SPELLED}"


def led_to(links: Any, intent: Intent = "reply") -> str:
    return intent_address({"links": links}, "your.server", intent, ID, scheme="https")


def link(rel: str, template: object) -> dict[str, object]:
    return {"rel": rel, "template": template}


def test_an_intent_of_its_own_goes_before_the_old_template() -> None:
    links = [link(SUBSCRIBE, "https://your.server/old?{uri}")]
    assert led_to(links) == f"https://your.server/old?{SPELLED}"
    links.append(link(OBJECT, "https://your.server/open?o={object}"))
    assert led_to(links, "follow") == f"https://your.server/open?o={SPELLED}"
    links.append(link(FOLLOW, "https://your.server/follow?o={object}"))
    assert led_to(links, "follow") == f"https://your.server/follow?o={SPELLED}"
    assert led_to(links, "reply") == f"https://your.server/open?o={SPELLED}"


def test_variables_that_nobody_knows_stay_empty() -> None:
    template = "https://your.server/open?o={object}&x={content}"
    assert led_to([link(OBJECT, template)]) == f"https://your.server/open?o={SPELLED}&x="


@pytest.mark.parametrize(
    "template",
    [
        "javascript:alert(1)//{object}",
        "http://your.server/open?o={object}",
        "//your.server/{object}",
        "https://{object}",
        "https:// your.server/{object}",
        "data:text/html,{object}",
        7,
        None,
    ],
)
def test_k21_nothing_but_https_is_taken(template: object) -> None:
    assert led_to([link(OBJECT, template)]) == FALLBACK


@pytest.mark.parametrize("links", [None, {}, "x", [None, 7, {"rel": ["a"]}]])
def test_nonsense_is_as_good_as_nothing(links: object) -> None:
    assert led_to(links) == FALLBACK
