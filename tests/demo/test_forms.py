"""Readers of a blog who are sent to the demo server answer and follow from there."""

import httpx

from fediblog.demo.server import DemoServer


async def test_somebody_answers_and_follows(town: DemoServer, other: DemoServer) -> None:
    note = await other.reply("blog", None, "<p>A post.</p>", recipients=[])
    blog = other.person("blog").id
    form = f"{town.origin}/authorize_interaction"
    async with httpx.AsyncClient(trust_env=False, headers={"Accept": "text/html"}) as http:
        assert (await http.get(form)).status_code == 400
        shown = (await http.get(form, params={"uri": note.id})).text
        assert note.id in shown and "Your reply" in shown
        given = {"uri": note.id, "person": "alice", "text": "<b>Yes</b>"}
        strange = {"Origin": "https://elsewhere.example"}
        assert (await http.post(form, data=given, headers=strange)).status_code == 403
        written = await http.post(form, data=given, headers={"Origin": town.origin})
        assert written.status_code == 303
        answer = other.received[-1].activity["object"]
        assert answer["url"] == written.headers["location"]
        assert answer["inReplyTo"] == note.id
        assert answer["content"].endswith("&lt;b&gt;Yes&lt;/b&gt;</p>")

        assert "Your reply" not in (await http.get(form, params={"uri": blog})).text
        await http.post(form, data={"uri": blog, "person": "bob"})
        assert other.followers["blog"] == {town.person("bob").id}
