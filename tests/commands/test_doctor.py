"""The doctor in a terminal: words or JSON, and an exit code that a monitor can use."""

import json

from tests.commands.answers import call
from tests.processes import Installation


async def test_the_doctor_tells_what_is_well_and_what_is_not(place: Installation) -> None:
    async with place.serving():
        told = await call(place, "doctor")
        assert told.code == 0, told.output
        assert "The handle: @blog@127.0.0.1:" in told.output
        answer = await call(place, "doctor", "--json")
        results = {each["name"]: each for each in json.loads(answer.output)["results"]}
        assert results["signatures"]["state"] == "well"
        assert json.loads(answer.output)["well"] is True
    # Nobody serves it now, so nobody can see it.
    told = await call(place, "doctor")
    assert told.code == 1
    assert "FAILS" in told.output
    assert "The profile: The blog's profile cannot be fetched" in told.output
    answer = await call(place, "doctor", "--json")
    assert (answer.code, json.loads(answer.output)["well"]) == (1, False)
