"""K23: what is no activity gets 400, however well it is signed, and is not kept."""

import pytest

from tests.federation.inbox.contents import nothing_written
from tests.federation.inbox.senders import Sender

pytestmark = pytest.mark.asyncio(loop_scope="module")

_START = '"id": "{id}#1", "actor": "{id}", "object": "{id}"'

BODIES = {
    "nothing": "",
    "no JSON": "{{",
    "half of it": '{{"type": "View", ' + _START,
    "more than one": '{{"type": "View", ' + _START + "}} {{}}",
    "a list": '[{{"type": "View", ' + _START + "}}]",
    "a string": '"{id}"',
    "null": "null",
    "a name twice": '{{"type": "View", "type": "View", ' + _START + "}}",
    "a name twice within": '{{"type": "View", "to": {{"a": 1, "a": 1}}, ' + _START + "}}",
    "a name twice, spelled otherwise": '{{"type": "View", "\\u0074ype": "View", ' + _START + "}}",
    "NaN": '{{"type": "View", "n": NaN, ' + _START + "}}",
    "Infinity": '{{"type": "View", "n": -Infinity, ' + _START + "}}",
    "a number with 5000 digits": '{{"type": "View", "n": ' + "1" * 5000 + ", " + _START + "}}",
    "half a character": '{{"type": "View", "n": "\\ud83d", ' + _START + "}}",
    "65 levels": '{{"type": "View", "n": ' + "[" * 65 + "]" * 65 + ", " + _START + "}}",
    "100,000 levels": '{{"type": "View", "n": ' + "[" * 10**5 + "]" * 10**5 + ", " + _START + "}}",
    "no type": "{{" + _START + "}}",
    "a type that is a number": '{{"type": 7, ' + _START + "}}",
    "no actor": '{{"type": "View", "id": "{id}#1"}}',
    "an actor that is a number": '{{"type": "View", "id": "{id}#1", "actor": 7}}',
    "an actor that is no address": '{{"type": "View", "id": "{id}#1", "actor": "alice"}}',
    "no id": '{{"type": "View", "actor": "{id}"}}',
    "an id that is no address": '{{"type": "View", "id": "1", "actor": "{id}"}}',
    "an id with a script": '{{"type": "View", "id": "javascript:alert(1)", "actor": "{id}"}}',
}


@pytest.mark.parametrize("kind", BODIES)
async def test_k23_what_is_no_activity_is_refused(alice: Sender, kind: str) -> None:
    body = BODIES[kind].format(id=alice.id).encode()
    async with nothing_written(alice.blog):
        answer = await alice.send(body)
    assert answer.status_code == 400
    assert answer.json()["error"]


async def test_k23_bytes_that_are_no_utf_8_are_refused(alice: Sender) -> None:
    body = f'{{"type": "View", "id": "{alice.id}#1", "actor": "{alice.id}", "n": "'.encode()
    async with nothing_written(alice.blog):
        answer = await alice.send(body + b'\xff"}')
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "oddity",
    [
        {"type": ["View", "https://example.org/ns#View"]},
        {"type": "View\0"},
        {"type": "View" * 1000},
        {"n": 2**63},
        {"n": {"a": [[{}]] * 60}},
        {"object": None},
        {"object": [None, 7, {}]},
        {"to": {"id": 7}, "cc": [[]]},
    ],
)
async def test_what_is_merely_odd_is_taken(alice: Sender, oddity: dict[str, object]) -> None:
    assert (await alice.send(alice.view() | oddity)).status_code == 202
