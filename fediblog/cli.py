"""The command line. Each command calls one function; the deeds are in deeds.py."""

import asyncio
import os
import shutil
import sys
from base64 import b64encode
from collections.abc import Callable, Coroutine
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO, TypeVar

import click
import orjson
import uvloop

from fediblog import __version__
from fediblog.actions.keep_medium import folder_of, unfinished_name
from fediblog.actions.make_backup import backup_path, make_backup
from fediblog.actions.post_form import ticked
from fediblog.actions.restore_backup import read_manifest, restore_backup
from fediblog.clock import utc_now
from fediblog.commanding import carry_out
from fediblog.domain.backups import Manifest
from fediblog.domain.licences import LICENCES
from fediblog.errors import FediblogError
from fediblog.keyring import has_keys
from fediblog.remote.micropub import carry_out_there
from fediblog.serving import serve_blog, serve_in_processes, work
from fediblog.settings import Settings, load_settings
from fediblog.store.embedded import sqlite_path
from fediblog.store.locking import Held, database_lock
from fediblog.store.media import KINDS
from fediblog.store.migrating import migrate as migrate_database

T = TypeVar("T")
Command = Callable[..., Any]

#: Exit codes: 0 done, 1 refused (the sentence says why), 2 called wrongly (click's own).
_REFUSED = 1
#: What the doctor says of each thing that was looked at.
_STATES = {"well": "well", "warning": "LOOK", "failure": "FAILS", "skipped": "-"}


class _Refused(click.ClickException):
    """A sentence on standard error."""

    exit_code = _REFUSED


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="fediblog")
def main() -> None:
    """fediblog: a blog whose comments are the fediverse.

    Settings come from the environment (FEDIBLOG_URL, FEDIBLOG_DATA, …) and from fediblog.toml; see
    docs/settings.md. Commands work while the server runs, and what they do shows at once.

    Exit codes: 0 done, 1 refused (the sentence says why), 2 called in a wrong way.
    """


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 for any free one.",
)
@click.option(
    "--processes",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="How many processes serve and work, for more than one core (PostgreSQL only).",
)
@click.option(
    "--demo",
    is_flag=True,
    help="Also start a small second fediverse server on loopback, whose people follow and reply.",
)
def serve(host: str, port: int, processes: int, demo: bool) -> None:
    """Start the blog, and everything that it needs.

    Without FEDIBLOG_URL the blog's address follows --host and --port, in development mode. The
    first start makes the database and the keys, and prints a link that lets you set a password.
    """
    environ = dict(os.environ)
    if processes == 1:
        _run(lambda: serve_blog(environ, host=host, port=port, demo=demo))
        return
    if demo:
        raise click.UsageError("The demo has one process: give --demo or --processes.")
    try:
        well = serve_in_processes(environ, host=host, port=port, count=processes)
    except FediblogError as error:
        raise _refusal(error) from error
    if not well:
        raise _Refused("Not every process has ended well; see above.")


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address for --port.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="Answer /health/live, /health/ready and /metrics at this port; else at none.",
)
def worker(host: str, port: int | None) -> None:
    """Only process and deliver, beside other processes that serve (PostgreSQL only)."""
    _run(lambda: work(_settings(), host=host, port=port))


@main.command()
def migrate() -> None:
    """Bring the database up to date; every start does so by itself.

    An embedded database is copied first, beside the original.
    """
    # Only who waits for something needs to see that it goes on.
    from rich.console import Console

    settings = _settings()

    async def apply() -> list[str]:
        with Console(stderr=True).status("Looking for migrations …") as status:
            return await migrate_database(
                settings.database_url, progress=lambda name: status.update(f"Applying {name} …")
            )

    try:
        if settings.embedded:
            with database_lock(sqlite_path(settings.database_url)):
                applied = _run(apply)
        else:
            applied = _run(apply)
    except Held:
        click.echo("The server is running, so its database is up to date.")
        return
    click.echo(f"Applied: {', '.join(applied)}." if applied else "Everything is up to date.")


@main.command()
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path | None) -> None:
    """Write the whole blog into one file, while it goes on: database, keys, media, own templates.

    Without FILE it lies among the backups in the data folder. Whoever has the file can be the blog:
    keep it where nobody else reads it. Prints JSON: file, origin, made_at, and rows of each table.
    """
    settings = _settings()
    now = utc_now()
    target = file.absolute() if file else backup_path(settings, now)
    manifest = _run(lambda: make_backup(settings, target, now))
    _print({"file": str(target), **_shown(manifest)})


@main.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore(file: Path) -> None:
    """Make the blog of a backup, where there is none yet.

    Its origin is that of the backup. A backup of an embedded database can be restored into
    PostgreSQL, and the other way round. Prints JSON like backup.
    """
    manifest = _run(lambda: read_manifest(file))
    settings = _settings()
    if not os.environ.get("FEDIBLOG_URL"):
        settings = replace(settings, origin=manifest.origin)
    locked = (
        database_lock(sqlite_path(settings.database_url)) if settings.embedded else nullcontext()
    )
    try:
        with locked:
            _run(lambda: restore_backup(settings, file, manifest))
    except Held as error:
        raise _Refused(f"A blog is running with {settings.data}. Stop it first.") from error
    _print({"file": str(file), **_shown(manifest)})


def _shown(manifest: Manifest) -> dict[str, Any]:
    """What a person wants to know of a backup."""
    return {
        "origin": manifest.origin,
        "username": manifest.username,
        "handle_domain": manifest.handle_domain,
        "made_at": manifest.made_at,
        "rows": manifest.tables,
        "files": len(manifest.files),
    }


@main.group()
def post() -> None:
    """Write, edit and delete posts."""


def _post_options(command: Command) -> Command:
    """What can be said of a post beside its title and its text."""
    options = (
        click.option("--tags", help="Tags, separated by commas."),
        click.option("--category", help="Category, one."),
        click.option("--excerpt", help="What people read first; else the post's beginning."),
        click.option("--slug", help="Last part of the address; an old one goes on working."),
        click.option("--language", help="Code of its language, such as en or pt-BR."),
        click.option("--source", "source_line", help="Where it comes from: a line of Markdown."),
        click.option("--licence", help=f"{', '.join(LICENCES)}."),
        click.option(
            "--picture",
            type=click.File("rb"),
            help="Lead picture: a JPEG, PNG, WebP, AVIF or GIF file.",
        ),
        click.option("--no-picture", is_flag=True, help="Without a lead picture."),
        click.option("--picture-alt", "lead_alt", help="What is on it, in words."),
        click.option("--picture-decorates", "decorative", is_flag=True, help="It needs no words."),
        click.option("--picture-caption", "lead_caption", help="A line of Markdown beneath it."),
        click.option("--warning", help="Content warning, behind which the post is folded."),
        click.option("--at", "publish_at", help="Publish it then, such as 2026-12-24T18:00."),
        click.option("--contents/--no-contents", default=None, help="A list of its headings."),
        click.option(
            "--gallery/--no-gallery", default=None, help="Pictures or a link card on Mastodon."
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _elsewhere(command: Command) -> Command:
    """Where else it is to be done."""
    options = (
        click.option("--to", metavar="URL", help="Do it at the blog with this address instead."),
        click.option(
            "--token", envvar="FEDIBLOG_TOKEN", help="That blog's token; else FEDIBLOG_TOKEN."
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _post_deed(name: str, values: dict[str, Any], to: str | None, token: str | None) -> None:
    if to is None:
        _print(_deed(name, values))
    elif not token:
        raise click.UsageError("--to needs a token of that blog: --token, or FEDIBLOG_TOKEN.")
    else:
        _print(_run(lambda: carry_out_there(to, token, name, values)))


def _post_values(options: dict[str, Any]) -> dict[str, Any]:
    """Options as the deeds want them; None for what was not given."""
    values = dict(options)
    for box in ("contents", "gallery"):
        values[box] = None if values[box] is None else ticked(values[box])
    picture, removed = values.pop("picture"), values.pop("no_picture")
    if picture is not None:
        values["picture"] = b64encode(picture.read()).decode()
    if removed:
        values["lead"] = ""
    if values.pop("decorative"):
        values |= {"decorative": "on", "lead_alt": ""}
    elif values["lead_alt"]:
        values["decorative"] = ""
    return values


@post.command("create")
@click.option("--title", required=True, help="Title, plain text.")
@click.option("--file", "file", required=True, type=click.File("r", "utf-8"), help="Markdown.")
@_post_options
@click.option("--draft", is_flag=True, help="Keep it as a draft instead of publishing it.")
@_elsewhere
def post_create(
    title: str, file: Any, draft: bool, to: str | None, token: str | None, **options: Any
) -> None:
    """Write a post, and publish it unless --draft or --at is given.

    The time of --at is in the blog's time zone. Prints JSON: id (of the Article), url (where people
    read it), slug, state and publish_at; with --to, which goes by Micropub, url and state.
    """
    values: dict[str, Any] = {"title": title, "body": _read(file), "draft": draft}
    given = {name: value for name, value in _post_values(options).items() if value is not None}
    _post_deed("post.create", values | given, to, token)


@post.command("edit")
@click.argument("post_slug", metavar="SLUG")
@click.option("--title", help="New title.")
@click.option("--file", "file", type=click.File("r", "utf-8"), help="New text, in Markdown.")
@_post_options
@click.option("--publish", is_flag=True, help="Publish it now if it is not yet.")
@click.option("--draft", is_flag=True, help="Do not publish it at the time that it has.")
@click.option("--quiet", is_flag=True, help="Tell no server of it, for corrections.")
@click.option("--forget", is_flag=True, help="Keep nothing of what it said before.")
@_elsewhere
def post_edit(
    post_slug: str,
    title: str | None,
    file: Any,
    publish: bool,
    draft: bool,
    quiet: bool,
    forget: bool,
    to: str | None,
    token: str | None,
    **options: Any,
) -> None:
    """Change the post SLUG. What is not given stays as it is, and what is empty is taken away.

    Every server that has the post is sent the new version, unless --quiet is given: then it is with
    the next edit that is not. Prints JSON like create. With --to, SLUG is the address that create
    has printed.
    """
    values: dict[str, Any] = {"post": post_slug, "title": title}
    values |= {"publish": publish, "draft": draft}
    values |= {"quiet": ticked(quiet), "forget": ticked(forget)}
    values["body"] = _read(file) if file else None
    _post_deed("post.edit", values | _post_values(options), to, token)


@post.command("delete")
@click.argument("slug")
@_elsewhere
def post_delete(slug: str, to: str | None, token: str | None) -> None:
    """Delete the post SLUG, here and on every server that has it. With --to it is its address.

    It is off the page at once, and for undo_seconds it can be brought back: see undelete.
    """
    _post_deed("post.delete", {"post": slug}, to, token)


@post.command("undelete")
@click.argument("slug")
def post_undelete(slug: str) -> None:
    """Bring the post SLUG back, while no other server has been told that it is gone."""
    _print(_deed("post.undelete", {"post": slug}))


@post.command("resend")
@click.argument("slug")
def post_resend(slug: str) -> None:
    """Show the post SLUG to the followers again, as a boost; at most once a day."""
    _print(_deed("post.resend", {"post": slug}))


@post.command("pin")
@click.argument("slug")
def post_pin(slug: str) -> None:
    """Let the post SLUG stand above the others, here and on the blog's profile elsewhere."""
    _print(_deed("post.pin", {"post": slug, "pinned": True}))


@post.command("unpin")
@click.argument("slug")
def post_unpin(slug: str) -> None:
    """Let the post SLUG stand among the others again."""
    _print(_deed("post.pin", {"post": slug, "pinned": False}))


@post.command("forget")
@click.argument("slug")
def post_forget(slug: str) -> None:
    """Forget what the post SLUG said before its edits: its history has none of it any more."""
    _print(_deed("post.forget", {"post": slug}))


@main.group()
def page() -> None:
    """Write, list and delete pages that belong to no day, such as one about the author."""


@page.command("create")
@click.option("--title", required=True, help="Title, plain text.")
@click.option("--file", "file", required=True, type=click.File("r", "utf-8"), help="Markdown.")
@click.option("--slug", default="", help="Last part of the address; else made from the title.")
@click.option("--place", default="", help="Place in the menu; 1 stands first. Else in no menu.")
@click.option("--language", default="", help="Code of its language; else that of the blog.")
@click.option("--draft", is_flag=True, help="Keep it as a draft instead of publishing it.")
def page_create(title: str, file: Any, draft: bool, **options: str) -> None:
    """Write a page, and publish it unless --draft is given. It is not sent to anybody.

    Prints JSON: url (where people read it), slug, state, title, place and language.
    """
    values: dict[str, Any] = {"title": title, "body": _read(file), "draft": draft}
    _print(_deed("page.create", values | options))


@page.command("edit")
@click.argument("slug")
@click.option("--title", help="New title.")
@click.option("--file", "file", type=click.File("r", "utf-8"), help="New text, in Markdown.")
@click.option("--slug", "new_slug", help="New slug; nothing is left at the old address.")
@click.option("--place", help="New place in the menu; 0 for none.")
@click.option("--language", help="Code of its language, such as en or pt-BR.")
@click.option("--publish/--draft", default=None, help="Publish it, or make it a draft again.")
def page_edit(
    slug: str,
    title: str | None,
    file: Any,
    new_slug: str | None,
    publish: bool | None,
    **options: str | None,
) -> None:
    """Change the page SLUG. What is not given stays as it is. Prints JSON like create."""
    values: dict[str, Any] = {"page": slug, "title": title, "body": _read(file) if file else None}
    values |= options | {"slug": new_slug}
    values |= {"publish": publish is True, "draft": publish is False}
    _print(_deed("page.edit", values))


@page.command("list")
def page_list() -> None:
    """Print every page as JSON, those of the menu first, in its order."""
    _print(_deed("page.list", {}))


@page.command("delete")
@click.argument("slug")
def page_delete(slug: str) -> None:
    """Delete the page SLUG. Its text cannot be brought back."""
    _print(_deed("page.delete", {"page": slug}))


@main.group()
def media() -> None:
    """Upload and list pictures, sounds, films and files."""


@media.command("add")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--alt", default="", help="What is on it, in words.")
@click.option("--caption", default="", help="A line of Markdown beneath it.")
def media_add(file: Path, alt: str, caption: str) -> None:
    """Upload FILE, for posts and pages to show.

    Prints JSON: url, name, kind, title, alt, caption, width and height.
    """
    unfinished = folder_of(_settings()) / unfinished_name()
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    values = {"unfinished": unfinished.name, "title": file.name, "alt": alt, "caption": caption}
    try:
        # The server may see other folders than the one who types, but it sees this one.
        shutil.copyfile(file, unfinished)
        _print(_deed("media.add", values))
    except OSError as error:
        raise _Refused(f"{file} cannot be copied into the data folder: {error}.") from error
    finally:
        unfinished.unlink(missing_ok=True)


@media.command("list")
@click.option("--query", default="", help="Words of the name, the description or the caption.")
@click.option("--kind", type=click.Choice(KINDS), help="Only of this kind.")
def media_list(query: str, kind: str | None) -> None:
    """Print what was uploaded as JSON, the newest first, up to 200."""
    _print(_deed("media.list", {"query": query, "kind": kind}))


@main.group()
def admin() -> None:
    """The admin's account."""


@admin.command("password")
@click.option("--link", is_flag=True, help="Print a one-time link instead, to set it in a browser.")
def admin_password(link: bool) -> None:
    """Set the admin's password; every browser that is signed in is signed out.

    It is asked for twice on a terminal, else read as one line from standard input.
    """
    if link:
        click.echo(_deed("admin.link", {})["link"])
        return
    if sys.stdin.isatty():
        password = click.prompt("New password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    _deed("admin.password", {"password": password})
    click.echo("The password is set.")


@admin.command("reset-second-factor")
def admin_reset() -> None:
    """Let the password alone in again, for a phone or a passkey that is lost.

    Codes, recovery codes and passkeys are forgotten; every browser that is signed in is signed out.
    """
    _deed("admin.reset", {})
    click.echo("The second factor is gone. Sign in with the password, then set up another one.")


@main.group(invoke_without_command=True)
@click.pass_context
def keys(context: click.Context) -> None:
    """The keys. Without a command: show for whom they are, where the private ones are, and the
    fingerprints of the public ones."""
    if context.invoked_subcommand is None:
        _refuse_without_keys()
        for name, told in _deed("keys", {}).items():
            _print_key(name, told)


@keys.command("rotate")
def keys_rotate() -> None:
    """Give the blog's actor a new key for its requests, and tell the followers' servers.

    The old key vouches for the new one, and signs nothing else from now on. It is removed once
    that message is out. Include the new key in your backups.
    """
    _refuse_without_keys()
    _print_key("blog actor", _deed("keys.rotate", {}))


def _refuse_without_keys() -> None:
    folder = _settings().keys
    if not has_keys(folder):
        raise _Refused(f"There are no keys in {folder} yet: the first start makes them.")


def _print_key(name: str, told: dict[str, str]) -> None:
    click.echo(f"{name}\n  key id       {told['id']}\n  private key  {told['path']}")
    click.echo(f"  fingerprint  {told['fingerprint']}")


@main.group(invoke_without_command=True)
@click.pass_context
def block(context: click.Context) -> None:
    """Servers from which nothing is taken. Without a command: list them."""
    if context.invoked_subcommand is None:
        for host in _deed("blocks", {})["hosts"]:
            click.echo(host)


@block.command("add")
@click.argument("host")
def block_add(host: str) -> None:
    """Take nothing more from the server HOST."""
    click.echo(f"Blocked: {_deed('block', {'host': host, 'blocked': True})['host']}")


@block.command("remove")
@click.argument("host")
def block_remove(host: str) -> None:
    """Take from the server HOST again."""
    click.echo(f"No longer blocked: {_deed('block', {'host': host, 'blocked': False})['host']}")


@main.group()
def search() -> None:
    """What readers find when they search."""


@search.command("rebuild")
def search_rebuild() -> None:
    """Read everything into the index anew; until that is done, less is found.

    The index follows every change by itself, so this is for a database that was changed by hand.
    """
    click.echo(
        f"Posts, pages and replies that can be found: {_deed('search.rebuild', {})['texts']}"
    )


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead.")
def doctor(as_json: bool) -> None:
    """See whether the blog is well, from outside and from inside, and what to do if it is not.

    It looks through the blog's public address, so the server has to run. Exit code 1 when something
    does not work.
    """
    told = _deed("doctor", {})
    if as_json:
        _print(told)
    else:
        for each in told["results"]:
            click.echo(f"{_STATES[each['state']]:<8} {each['title']}: {each['said']}")
            if each["advice"]:
                click.echo(f"{'':<8} {each['advice']}")
    if not told["well"]:
        sys.exit(_REFUSED)


@main.command()
@click.argument("handle", required=False)
@click.option("--cancel", is_flag=True, help="Take it back. Who went along is gone.")
def move(handle: str | None, cancel: bool) -> None:
    """Move the blog to the account HANDLE (@user@host), and ask its followers to go along.

    That account has to name this blog as an alias of its own first. The posts stay where they are.
    """
    if cancel is (handle is not None):
        raise click.UsageError("Give a handle, or --cancel.")
    told = _deed("move", {"handle": handle, "cancel": cancel})
    if cancel:
        click.echo("The blog has not moved any more.")
    else:
        click.echo(f"The blog has moved to {told['moved_to']}. Its followers are asked to follow.")


def _read(file: TextIO) -> str:
    """The text of a post; a file that is none is a wrong call."""
    try:
        return file.read()
    except UnicodeDecodeError as error:
        raise click.BadParameter(f"{file.name!r} is no UTF-8 text.", param_hint="--file") from error


def _deed(name: str, values: dict[str, Any]) -> dict[str, Any]:
    return _run(lambda: carry_out(_settings(), name, values))


def _run(start: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run to the end; an error of ours becomes a sentence and exit code 1."""
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(start())
    except FediblogError as error:
        raise _refusal(error) from error
    except KeyboardInterrupt:
        raise click.Abort from None


def _settings() -> Settings:
    try:
        return load_settings(os.environ)
    except FediblogError as error:
        raise _refusal(error) from error


def _refusal(error: FediblogError) -> click.ClickException:
    return _Refused(error.public)


def _print(result: dict[str, Any]) -> None:
    click.echo(orjson.dumps(result, option=orjson.OPT_INDENT_2))
