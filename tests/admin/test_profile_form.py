"""The form of the profile: what does not fit is named, with the reason beside it."""

from typing import Any

from fediblog.demo.server import DemoServer
from fediblog.protocol.addresses import authority_of
from tests.admin.desk import Desk
from tests.federation.profile_forms import FORM, field_form


async def _actor(desk: Desk) -> dict[str, Any]:
    actor: dict[str, Any] = (await desk.blog.document("/users/blog")).json()
    return actor


async def test_a_field_that_does_not_fit_is_named(desk: Desk) -> None:
    wrong = {
        "field_value_1": ("Name", ""),
        "field_name_2": ("", "Text"),
        "field_value_3": ("Long", "x" * 501),
    }
    for field, (name, value) in wrong.items():
        place = field[-1]
        form = FORM | {f"field_name_{place}": name, f"field_value_{place}": value}
        response = await desk.submit("/admin/settings", **form)
        assert response.status_code == 422
        assert f'id="field-{field}-error"' in response.text
    assert len((await _actor(desk))["attachment"]) == 1


async def test_there_is_room_for_eightfield_form(desk: Desk) -> None:
    pairs = [(f"Name {number}", f"Value {number}") for number in range(1, 10)]
    await desk.submit("/admin/settings", **FORM, **field_form(*pairs))
    page = await desk.page("/admin/settings")
    assert page.values["field_value_8"] == "Value 8"
    assert "field_value_9" not in page.values
    assert len((await _actor(desk))["attachment"]) == 1 + 8


async def test_an_account_that_is_not_found_is_named_with_the_reason(
    desk: Desk, town: DemoServer
) -> None:
    host = authority_of(town.origin)
    reasons = {
        f"@nobody@{host}": "knows nobody of this name",
        f"{town.origin}/users/nobody": "knows nobody of this name",
        "@alice@127.0.0.1:9": "does not answer",
        "nonsense": "neither a handle",
        desk.blog.actor: "is this blog itself",
        f"@{desk.blog.blog.addresses.handle}": "is this blog itself",
    }
    for typed, reason in reasons.items():
        response = await desk.submit("/admin/settings", **FORM, aliases=typed)
        assert response.status_code == 422, typed
        error = response.text.partition('id="field-aliases-error">')[2].partition("</p>")[0]
        assert typed in error
        assert reason in error
    assert (await _actor(desk))["alsoKnownAs"] == []
