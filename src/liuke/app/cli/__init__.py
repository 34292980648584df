"""The command line: everything the screens start, for administrators and the bank's own schedulers."""

import sys

from rich.console import Console
from typer import Typer

from liuke.app.cli import audit, demo, graph, identity, ingest, pipeline, profile, segments, system, tags, user
from liuke.kernel.errors import LiukeError

app = Typer(name="liuke", help="留客：数据 → 洞察 → 行动。", no_args_is_help=True, pretty_exceptions_enable=False)
app.add_typer(ingest.ingest_app, name="ingest")
app.add_typer(pipeline.pipeline_app, name="pipeline")
app.add_typer(identity.identity_cli, name="identity")
app.add_typer(profile.profile_app, name="profile")
app.add_typer(tags.tags_app, name="tags")
app.add_typer(segments.segments_app, name="segments")
app.add_typer(audit.audit_app, name="audit")
app.add_typer(graph.graph_app, name="graph")
app.add_typer(user.user_app, name="user")
app.add_typer(demo.demo_app, name="demo")
system.add_to(app)


def main() -> None:
    """Run the command line; an error is one sentence on standard error and exit code 1."""
    try:
        app()
    except LiukeError as fault:
        Console(stderr=True).print(f"[bold red]✗[/] {fault.message}", highlight=False, soft_wrap=True)
        sys.exit(1)
