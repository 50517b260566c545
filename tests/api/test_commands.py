"""`fediblog post … --to`: commands write on a blog elsewhere, with nothing but a token."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from fediblog.actions.micropub import find_post
from tests.admin.picture_files import picture_file
from tests.api.program import Program, program
from tests.bench import RunningBlog


async def _run(
    folder: Path, *arguments: str, token: str = "", data: str = ""
) -> tuple[int, str, str]:
    """Run a command where no blog is."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment |= {"FEDIBLOG_TOKEN": token} if token else {}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "fediblog", "post", *arguments,
        cwd=folder, env=environment | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate(data.encode())
    return process.returncode or 0, out.decode(), err.decode()


async def _done(folder: Path, editor: Program, *arguments: str) -> Any:
    to = ("--to", editor.blog.origin)
    code, out, err = await _run(folder, *arguments, *to, token=editor.token)
    assert code == 0, err
    return json.loads(out)


async def test_a_post_is_written_changed_and_deleted_from_another_machine(
    blog: RunningBlog, tmp_path: Path
) -> None:
    editor, folder = await program(blog), tmp_path / "elsewhere"
    folder.mkdir()
    text, picture = folder / "text.md", folder / "a.png"
    text.write_text("Some *text*.")
    picture.write_bytes(picture_file())
    create = ["create", "--title", "A title", "--file", str(text), "--tags", "one, two"]
    create += ["--slug", "here", "--picture", str(picture), "--picture-alt", "A bed", "--draft"]
    made = await _done(folder, editor, *create)
    assert made["state"] == "draft"
    post = await find_post(blog.blog, made["url"])
    assert (post.title, post.source, post.slug, post.lead_alt) == (
        "A title", "Some *text*.", "here", "A bed",
    )  # fmt: skip
    assert [tag.name for tag in post.tags] == ["one", "two"]
    edit = ["edit", made["url"], "--title", "Another", "--tags", "", "--no-picture", "--publish"]
    changed = await _done(folder, editor, *edit)
    assert changed["url"].endswith("/here")
    post = await find_post(blog.blog, changed["url"])
    assert (post.title, post.tags, post.lead_id, post.state) == ("Another", (), None, "published")
    assert post.source == "Some *text*."
    assert (await _done(folder, editor, "delete", changed["url"]))["deleted"] is True
    assert (await blog.page(changed["url"].removeprefix(blog.origin))).status_code == 410
    # Nothing was made where the command ran.
    assert sorted(path.name for path in folder.iterdir()) == ["a.png", "text.md"]


async def test_what_cannot_be_done_there_is_told(blog: RunningBlog, tmp_path: Path) -> None:
    editor = await program(blog, "draft")
    text = tmp_path / "text.md"
    text.write_text("Text")
    create = ["create", "--title", "A title", "--file", str(text)]
    to = ["--to", blog.origin]
    for arguments, token, expected in (
        ([*create, *to], "", "--to needs a token"),
        ([*create, *to], "wrong", "This token is none"),
        ([*create, *to, "--category", "Garden"], editor.token, "nothing can be said of: category"),
        (["delete", f"{blog.origin}/x", *to], editor.token, "scope delete"),
        (["delete", "a-slug", *to], editor.token, "named by its address"),
        ([*create, "--to", "http://blog.example"], editor.token, "in the open"),
        ([*create, "--to", "http://127.0.0.1:9"], editor.token, "does not answer"),
        ([*create, "--to", f"{blog.origin}/archive"], editor.token, "takes no posts"),
    ):
        code, out, err = await _run(tmp_path, *arguments, token=token)
        assert code in {1, 2}, (arguments, out)
        assert expected in err
        assert "Traceback" not in err
    assert await blog.blog.db.rows("SELECT id FROM post") == []
