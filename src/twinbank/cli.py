"""The command `twinbank`."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from twinbank import layouts
from twinbank import make as make_bank

app = typer.Typer(help="澜江银行: a Chinese regional bank that does not exist, with its truth.", no_args_is_help=True)


@app.command()
def make(
    out: Annotated[Path, typer.Option(help="Directory to write to.")],
    customers: Annotated[int, typer.Option(min=50, help="Number of customers.")] = 20_000,
    months: Annotated[int, typer.Option(min=1, max=120, help="Number of months up to the last data date.")] = 12,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bank.")] = 7,
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Last data date.")] = datetime(2026, 10, 31),  # noqa: DTZ001
) -> None:
    """Write the eight source systems, the truth and the manifest of a bank."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("people", total=months + 2)
        manifest = make_bank(
            out, customers=customers, months=months, seed=seed, until=until.date(),
            progress=lambda step, done, total: bar.update(task, description=step, completed=done, total=total),
        )  # fmt: skip
    typer.echo(f"{manifest['transactions']} transactions, {len(manifest['files'])} files in {out}")  # type: ignore[arg-type]


@app.command()
def layout() -> None:
    """Print the layouts of all files (docs/twinbank.md)."""
    typer.echo(layouts.render(), nl=False)


def main() -> None:
    """Entry point."""
    app()
