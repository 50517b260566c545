"""The author deletes a medium, which is then nowhere any more."""

from fediblog.actions.describe_medium import existing_medium
from fediblog.actions.own_pictures import FOLDER
from fediblog.actions.picture_files import remove_picture
from fediblog.blog import Blog
from fediblog.errors import Conflict
from fediblog.store import media, posts


async def delete_medium(blog: Blog, number: int, *, used: bool) -> None:
    """Delete it with all its files. used: also if posts or pages use it, which then show its
    description in its place. Raises NotFound; Conflict when it is used and shall not go then."""
    async with blog.db.transaction() as tx:
        # Nobody saves a post with it meanwhile.
        await posts.lock_writing(tx)
        medium = await existing_medium(tx, number)
        if not await media.remove_medium(tx, medium, used=used):
            raise Conflict("It is in use.")
    for file in medium.files:
        await remove_picture(blog, FOLDER, file)
