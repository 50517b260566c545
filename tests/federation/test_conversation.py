"""The main job, from end to end: publish, follow, reply, nest, edit, delete."""

from fediblog.demo.server import DemoServer
from tests.bench import RunningBlog, reply_ids


async def test_a_post_reaches_a_follower_and_the_replies_come_back_as_a_tree(
    blog: RunningBlog, town: DemoServer
) -> None:
    await town.follow("alice", blog.actor)
    await blog.settled()
    post = await blog.publish("A title", "The *body*.")
    await blog.delivered()
    creates = [received for received in town.received if received.activity["type"] == "Create"]
    assert [create.activity["object"]["name"] for create in creates] == ["A title"]

    first = await town.reply("alice", blog.article(post), "<p>First!</p>")
    second = await town.reply("bob", first.id, "<p>Second, to Alice.</p>")
    await town.reply("alice", second.id, "<p>Third, to Bob.</p>")
    await blog.settled()

    page = (await blog.page(f"/articles/{post.key}")).text
    assert len(reply_ids(page)) == 3
    assert page.index("First!") < page.index("Second, to Alice.") < page.index("Third, to Bob.")
    assert "3 responses" in page
