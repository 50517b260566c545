"""One line of the table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Row:
    """What one operation costs.

    cpu_us: CPU time of the server's processes per operation, in microseconds; None where something
    else is measured, which `measured` then says. ratio: to the baseline of the same run. wall and
    note are printed, not judged. limit: in words. ok: None where nothing is judged. data: figures
    for plots, which the JSON has.
    """

    operation: str
    cpu_us: float | None = None
    ratio: float | None = None
    measured: str = ""
    wall: str = ""
    limit: str = ""
    ok: bool | None = None
    note: str = ""
    data: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def by_cpu(cls, operation: str, cpu_us: float, most: float, **more: Any) -> Self:
        """Judged by the CPU time itself."""
        return cls(operation, cpu_us, limit=f"≤ {most:,.0f} µs", ok=cpu_us <= most, **more)

    @classmethod
    def by_ratio(
        cls, operation: str, cpu_us: float, baseline_us: float, most: float, **more: Any
    ) -> Self:
        """Judged by how often the baseline's CPU time it takes."""
        ratio = cpu_us / baseline_us
        return cls(operation, cpu_us, ratio, limit=f"≤ {most:g} × bare", ok=ratio <= most, **more)
