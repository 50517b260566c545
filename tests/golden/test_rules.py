"""The rules of section 0, one test each, over all that the blog serves and sends.

Each rule is shown to bite as well: a copy of a document that breaks it must be complained of.
"""

import copy
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from tests.golden.collecting import as_bytes
from tests.golden.conftest import Library
from tests.golden.found import ACTIVITIES, Found, Json, Site
from tests.golden.rules import CHECKS

_FOREIGN = "https://elsewhere.example/x"


def test_everything_that_the_blog_can_say_is_here(library: Library) -> None:
    """Else a rule would hold for want of documents."""
    (site, found), (_, public) = library
    sent = {each.type for each in found if each.status is None}
    assert sent >= {"Create", "Update", "Delete", "Accept", "Reject", "Add", "Remove", "Move"}
    inner = {
        (each.type, each.document["object"]["type"])
        for each in found
        if isinstance(each.document.get("object"), dict)
    }
    assert inner >= {
        ("Create", "Article"),
        ("Create", "Note"),
        ("Update", "Article"),
        ("Update", "Note"),
        ("Update", "Person"),
        ("Delete", "Tombstone"),
        ("Accept", "Follow"),
        ("Reject", "Follow"),
    }
    served = {each.type for each in found if each.status is not None}
    assert served >= {"Person", "Application", "Article", "Note", "Tombstone", *sent}
    assert served >= {"Collection", "CollectionPage"}
    assert served >= {"OrderedCollection", "OrderedCollectionPage"}
    paths = {each.where.removeprefix(site.origin) for each in found}
    assert any("/outbox?page=true&before=" in path for path in paths), "a second page"
    assert any("/replies?page=true&after=" in path for path in paths), "a second page"
    assert {each.type for each in public} >= {"Person", "Article", "Note", "Create", "Add"}
    assert all(each.where.startswith("https://blog.example/") for each in public)


def _holds(rule: str, library: Library, **changes: Callable[[Json], Any]) -> None:
    """The rule holds for every document, and is heard of when a copy is broken.

    changes: by type, what breaks the first document of that type.
    """
    check = CHECKS[rule]
    complaints = [
        (each.where, complaint)
        for site, found in library
        for each in found
        for complaint in check(each, site)
    ]
    assert complaints == []
    site, found = library[0]
    for kind, change in changes.items():
        first = next(each for each in found if each.type == kind)
        document = copy.deepcopy(first.document)
        change(document)
        assert _hears(rule, replace(first, document=document, body=as_bytes(document)), site), kind


def _hears(rule: str, broken: Found, site: Site) -> bool:
    return any(CHECKS[rule](broken, site))


def _with(**values: Any) -> Callable[[Json], None]:
    """A change of some properties."""
    return lambda document: document.update(values)


def _inside(**values: Any) -> Callable[[Json], None]:
    """A change of some properties of an activity's object."""
    return lambda document: document["object"].update(values)


def test_rule_0_1_activities_have_string_ids_on_their_host(library: Library) -> None:
    _holds("0_1", library, Create=_with(id=None), Accept=_with(id=_FOREIGN))
    (_, found), _ = library
    contents: dict[str, Json] = {}
    for each in found:
        if each.type in ACTIVITIES:
            assert contents.setdefault(each.document["id"], each.document) == each.document


def test_rule_0_2_the_actor_is_a_plain_string(library: Library) -> None:
    _holds(
        "0_2",
        library,
        Create=_with(actor={"id": library[0][0].actor}),
        Update=_with(actor=[library[0][0].actor]),
        Add=_with(actor=_FOREIGN),
    )


def test_rule_0_3_attributed_to_is_one_plain_string(library: Library) -> None:
    actor = library[0][0].actor
    _holds(
        "0_3",
        library,
        Article=_with(attributedTo=[actor]),
        Note=_with(attributedTo={"id": actor}),
        Create=_inside(attributedTo=_FOREIGN),
    )


def test_rule_0_4_ids_of_objects_have_no_fragment(library: Library) -> None:
    origin = library[0][0].origin
    _holds(
        "0_4",
        library,
        Article=_with(id=f"{origin}/articles/a#b"),
        Create=_inside(id=f"{origin}/notes/a#b"),
        Collection=_with(id=f"{origin}/articles/a#replies"),
        Person=_with(id=f"{origin}/#me"),
    )


def test_rule_0_5_url_is_one_string_on_the_same_host(library: Library) -> None:
    _holds(
        "0_5",
        library,
        Article=_with(url=["https://blog.example/a"]),
        Person=_with(url=_FOREIGN),
        Create=_inside(url={"type": "Link", "href": "https://blog.example/a"}),
    )


def test_rule_0_6_context_is_one_string(library: Library) -> None:
    _holds("0_6", library, Article=_with(context=["a"]), Note=_with(context=None))


def test_rule_0_7_an_image_is_one_object_with_a_url(library: Library) -> None:
    (_, found), _ = library
    assert any("image" in each.document for each in found if each.type == "Article")
    assert any("image" in each.document for each in found if each.type == "Person")
    _holds(
        "0_7",
        library,
        Article=_with(image=_FOREIGN),
        Person=_with(icon=[{"type": "Image", "url": _FOREIGN}]),
        Create=_inside(image={"type": "Image"}),
    )


def test_rule_0_8_attachment_is_a_list_of_objects_that_everybody_knows(library: Library) -> None:
    _holds(
        "0_8",
        library,
        Article=_with(attachment={"type": "Image", "url": _FOREIGN}),
        Note=_with(attachment=[_FOREIGN]),
        Create=_inside(attachment=[{"type": "Video", "url": _FOREIGN}]),
        Person=_with(attachment=[{"type": "Note"}]),
    )


def test_rule_0_9_the_key_is_one_object_of_its_actor(library: Library) -> None:
    _holds(
        "0_9",
        library,
        Person=lambda actor: actor.update(publicKey=[actor["publicKey"]]),
        Application=lambda actor: actor["publicKey"].update(owner=_FOREIGN),
    )
    _holds("0_9", library, Person=lambda actor: actor["publicKey"].update(id=actor["id"]))
    _holds("0_9", library, Person=lambda actor: actor["publicKey"].update(publicKeyPem="x"))


def test_rule_0_10_times_are_utc_and_an_update_is_none_at_first(library: Library) -> None:
    _holds(
        "0_10",
        library,
        Create=_inside(updated="2030-01-01T00:00:00Z"),
        Article=_with(updated="2001-01-01T00:00:00Z"),
        Note=_with(published="2026-01-01 00:00"),
        Tombstone=_with(deleted="2026-01-01T00:00:00+01:00"),
    )
    (_, found), _ = library
    updates = [each.document["object"] for each in found if each.type == "Update"]
    assert all("updated" in each for each in updates if each["type"] in {"Article", "Note"})


def test_rule_0_11_addressees_are_lists_and_the_same_inside_and_out(library: Library) -> None:
    _holds(
        "0_11",
        library,
        Create=_with(cc=[]),
        Update=lambda activity: activity.update(to=activity["to"][0]),
        Article=_with(to=["as:Public"]),
        Note=_with(to=[], cc=[]),
        Accept=_with(to=_FOREIGN),
    )


def test_rule_0_12_names_are_such_as_every_server_takes(library: Library) -> None:
    _holds(
        "0_12",
        library,
        Person=_with(preferredUsername="a b"),
        Application=_with(preferredUsername="blog.example:443"),
    )


def test_rule_0_13_everything_of_an_actor_is_on_its_host(library: Library) -> None:
    _holds(
        "0_13",
        library,
        Person=lambda actor: actor["endpoints"].update(sharedInbox=_FOREIGN),
        Application=_with(inbox=_FOREIGN),
    )
    _holds("0_13", library, Person=lambda actor: actor.pop("outbox"))


def test_rule_0_14_terms_are_short_and_the_context_is_named_exactly(library: Library) -> None:
    _holds(
        "0_14",
        library,
        Create=_with(**{"@context": "https://www.w3.org/ns/activitystreams/"}),
        Collection=lambda document: document.pop("@context"),
        Article=_with(**{"toot:indexable": True}),
        Note=_with(type="as:Note"),
    )


def test_rule_0_15_no_document_is_too_large(library: Library) -> None:
    _holds(
        "0_15",
        library,
        Article=_with(content="x" * 1_000_000),
        Person=_with(name="x" * 2001),
        OrderedCollectionPage=_with(orderedItems=["x" * 1000] * 1000),
    )


def test_rule_0_16_documents_are_served_as_what_they_are(library: Library) -> None:
    _holds("0_16", library)
    (site, found), _ = library
    served = next(each for each in found if each.type == "Article")
    for changed in (
        {"content-type": "application/json"},
        {"content-type": 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'},
        {"vary": "Cookie"},
    ):
        assert _hears("0_16", replace(served, headers={**served.headers, **changed}), site)
    for status in (301, 303, 404, 500):
        assert _hears("0_16", replace(served, status=status), site)


def test_rule_0_17_every_way_of_asking_for_activitypub_is_understood(library: Library) -> None:
    _holds("0_17", library)
    (site, found), _ = library
    served = next(each for each in found if each.type == "Article")
    assert len(served.negotiated) == 4
    broken: Mapping[str, str] = {**served.negotiated, "application/ld+json": "text/html"}
    assert _hears("0_17", replace(served, negotiated=broken), site)


def test_rule_0_18_what_is_at_an_id_has_that_id(library: Library) -> None:
    origin = library[0][0].origin
    _holds(
        "0_18",
        library,
        Person=lambda actor: actor.update(id=actor["id"] + "/"),
        Application=_with(id=f"{origin}/Actor"),
    )
    (site, found), _ = library
    page = next(each for each in found if each.type == "CollectionPage")
    assert _hears("0_18", replace(page, document=page.document | {"id": origin}), site)


def test_rule_0_19_every_attempt_is_signed_anew(library: Library) -> None:
    _holds("0_19", library)
    (site, found), _ = library
    tried = next(each for each in found if len(each.attempts) == 2)
    first, second = tried.attempts
    for attempts in ((first, first), (first, (first[0], second[1]))):
        assert _hears("0_19", replace(tried, attempts=attempts), site)
