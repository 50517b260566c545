"""Draws how cost grows, from what `scripts/bench flat --json` has written:
`python -m bench.growth FIGURES.json PLOT.svg`."""

import json
import math
from collections.abc import Mapping
from html import escape
from pathlib import Path

import click

_WIDTH, _HEIGHT, _LEFT, _TOP, _PLOT_WIDTH, _PLOT_HEIGHT = 860, 460, 64, 40, 480, 360
#: Legible on white and on black alike, as it is not known what is behind them.
_COLOURS = ("#2f7fd0", "#d0632f", "#3c9a4a", "#a85cc2", "#b08a10", "#1f9a9a", "#d04a7a", "#7a7a7a")
_DASHES = ("none", "6 4", "2 3")


@click.command()
@click.argument("figures", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("plot", type=click.Path(dir_okay=False, path_type=Path))
def main(figures: Path, plot: Path) -> None:
    """Draw the FIGURES of `flat` into PLOT."""
    rows = json.loads(figures.read_text())["results"]["flat"]
    lines = {row["operation"]: row["data"] for row in rows if len(row["data"]) > 1}
    plot.write_text(draw(lines))


def draw(lines: Mapping[str, Mapping[str, float]]) -> str:
    """A picture (SVG) of CPU time by replies, both in powers of ten. lines: by what was done, CPU
    µs by the number of replies."""
    sizes = sorted({int(size) for data in lines.values() for size in data})
    costs = [cost for data in lines.values() for cost in data.values()]
    lowest, highest = math.floor(math.log10(min(costs))), math.ceil(math.log10(max(costs)))
    spread = max(1, highest - lowest), math.log10(sizes[-1] / sizes[0])

    def x(size: int) -> float:
        return round(_LEFT + _PLOT_WIDTH * math.log10(size / sizes[0]) / spread[1], 1)

    def y(cost: float) -> float:
        part = (math.log10(cost) - lowest) / spread[0]
        return round(_TOP + _PLOT_HEIGHT * (1 - part), 1)

    bottom = _TOP + _PLOT_HEIGHT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        'font-family="sans-serif" font-size="13" fill="#808080">',
        "<title>CPU time of one operation by the number of replies</title>",
        f'<text x="{_LEFT}" y="20">CPU time of one operation, by replies in the blog</text>',
    ]
    for power in range(lowest, highest + 1):
        at, label = y(10**power), f"{10**power / 1000:g} ms"
        parts.append(f'<path d="M{_LEFT} {at}h{_PLOT_WIDTH}" stroke="#808080" opacity=".4"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{at + 4}" text-anchor="end">{label}</text>')
    for size in sizes:
        parts.append(f'<text x="{x(size)}" y="{bottom + 20}" text-anchor="middle">{size:,}</text>')
    for number, (name, data) in enumerate(lines.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        dash = _DASHES[number // len(_COLOURS) % len(_DASHES)]
        points = " ".join(f"{x(int(size))},{y(cost)}" for size, cost in data.items())
        stroke = f'fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"'
        parts.append(f'<polyline points="{points}" {stroke}/>')
        beside, at = _LEFT + _PLOT_WIDTH + 24, _TOP + 10 + 24 * number
        parts.append(f'<path d="M{beside} {at}h28" {stroke}/>')
        parts.append(f'<text x="{beside + 36}" y="{at + 4}">{escape(name)}</text>')
    return "\n".join((*parts, "</svg>", ""))


if __name__ == "__main__":
    main()
