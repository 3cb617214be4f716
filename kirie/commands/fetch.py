"""`kirie fetch`: a model of others that makes Kirie better, from where it is published."""

from __future__ import annotations

from pathlib import Path

import click

from kirie.commands.common import READABLE_FILE, command, tell
from kirie.commands.progress import progress
from kirie.models import MODELS, fetch, found


@command("fetch", examples="""
kirie fetch face-landmarker               lids, brows and mouths are tracked by 52 blendshapes from now on
kirie fetch face-landmarker --from face_landmarker.task
""", epilog="The only command that uses the internet. What comes is checked against a pinned checksum. Without internet it "
"says where to get the file; --from takes it in. Removing it brings the built-in tracking back.")  # fmt: skip
@click.argument("model", type=click.Choice(list(MODELS)))
@click.option("--from", "given", type=READABLE_FILE, help="A file that you downloaded yourself.")
def fetch_command(model: str, given: Path | None) -> None:
    """Download a model that makes tracking better."""
    wanted = MODELS[model]
    path = found(wanted)
    if path is None:
        tell(f"{wanted.what}, {wanted.size / 1e6:.1f} MB")
        with progress(f"fetching {wanted.file}") as report:
            path = fetch(wanted, given, report)
    click.echo(path)
