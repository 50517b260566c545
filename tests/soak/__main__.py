"""`scripts/soak`: for how long, on which database, and what is printed."""

import asyncio
import secrets
import sys
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import click

from scripts.checks import memory_folder
from tests.processes import Installation
from tests.provision.postgres import fresh_database, own_postgres
from tests.soak.account import Account
from tests.soak.ledger import Ledger
from tests.soak.run import Lives, Plan, soak

_SHOWN = 20


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("minutes", type=float, default=60.0)
@click.option(
    "--database",
    type=click.Choice(["sqlite", "postgres"]),
    default="sqlite",
    show_default=True,
    help="What the blog keeps its data in.",
)
@click.option("--kills", type=int, default=0, help="Go on until it was killed so many times.")
@click.option("--seed", type=int, default=None, help="Make the same choices as another run.")
def main(minutes: float, database: str, kills: int, seed: int | None) -> None:
    """Put a blog through MINUTES of mixed traffic with faults, 60 by default.

    Replies, edits, deletions and reactions come in, posts are published, scheduled and edited, and
    delivered to servers that do not always answer; meanwhile the server is killed and stopped at
    random moments, and on PostgreSQL its database is taken away. Ends with 1 if anything that was
    acknowledged is lost or doubled, or if a row is half written.
    """
    plan = Plan(
        seconds=minutes * 60, kills=kills, seed=secrets.randbits(32) if seed is None else seed
    )
    click.echo(f"seed {plan.seed}, on {database}", err=True)
    with ExitStack() as stack:
        postgres = stack.enter_context(own_postgres()) if database == "postgres" else None
        folder = Path(
            stack.enter_context(
                tempfile.TemporaryDirectory(
                    prefix="fediblog-soak-", dir=memory_folder().get("TMPDIR")
                )
            )
        )
        url = fresh_database(postgres.url) if postgres else f"sqlite://{folder}/data/blog.sqlite"
        account, lives, ledger = asyncio.run(soak(Installation(folder, url), postgres, plan))
        log = (folder / "serve.log").read_text()
    _print(account, lives, ledger)
    click.echo("tracebacks in the log:")
    for error, times in _errors(log).most_common(_SHOWN):
        click.echo(f"  {times} × {error}")
    sys.exit(0 if account.good else 1)


def _errors(log: str) -> Counter[str]:
    """How often which error is in a log, by the last line of its traceback."""
    found: Counter[str] = Counter()
    inside = False
    for line in log.splitlines():
        if inside and line and not line.startswith((" ", "|", "+")):
            found[line[:200]] += 1
            inside = False
        elif line.startswith("Traceback"):
            inside = True
    return found


def _print(account: Account, lives: Lives, ledger: Ledger) -> None:
    click.echo(lives.in_words())
    click.echo(f"answers: {dict(sorted(ledger.answers.items()))}")
    for name in ("sent", "acknowledged", "stored", "shown", "posts", "delivered", "again"):
        click.echo(f"{name:13} {getattr(account, name):8}")
    for name in ("lost", "doubled", "wrong"):
        found: list[str] = getattr(account, name)
        click.echo(f"{name:13} {len(found):8}")
        for each in found[:_SHOWN]:
            click.echo(f"  {each}")


if __name__ == "__main__":
    main()
