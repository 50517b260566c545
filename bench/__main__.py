"""`scripts/bench`: what is measured, on which database, and where the figures go."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console

from bench.frame.report import as_json, print_table
from bench.frame.row import Row
from bench.frame.running import find_benchmarks, measure

_MISSED = 1


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--list", "only_list", is_flag=True, help="Say what can be measured, and stop.")
@click.option(
    "--database",
    type=click.Choice(["sqlite", "postgres"]),
    default="sqlite",
    show_default=True,
    help="What the blogs keep their data in.",
)
@click.option(
    "--json",
    "file",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write the figures there too, with the machine and the commit.",
)
def main(names: tuple[str, ...], only_list: bool, database: str, file: Path | None) -> None:
    """Measure what the blog costs, all of it or by NAME. Ends with 1 if a limit was missed."""
    benchmarks = find_benchmarks()
    if only_list:
        for each in benchmarks.values():
            click.echo(f"{each.name:12} {each.title}")
        return
    if unknown := [name for name in names if name not in benchmarks]:
        raise click.UsageError(
            f"There is no benchmark {unknown[0]!r}. There are: {', '.join(benchmarks)}."
        )
    results: dict[str, Sequence[Row]] = {}
    for name in names or benchmarks:
        click.echo(f"{name}: {benchmarks[name].title} …", err=True)
        try:
            results[name] = asyncio.run(measure(benchmarks[name], database))
        except Exception as error:  # one that fails keeps no other from being measured
            said = str(error) or type(error).__name__
            results[name] = [Row(name, ok=False, note=f"{name} was not measured: {said}")]
    rows = [row for each in results.values() for row in each]
    print_table(Console(), rows)
    if file is not None:
        file.write_text(as_json(results, database))
    sys.exit(_MISSED if any(row.ok is False for row in rows) else 0)


if __name__ == "__main__":
    main()
