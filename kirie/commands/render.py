"""`kirie render`."""
import click
from kirie.commands.common import command
@command("render", examples="")
def render() -> None:
    """Draw a puppet as a film or a picture."""
