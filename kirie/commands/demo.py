"""`kirie demo`."""
from kirie.commands.common import command
@command("demo", examples="")
def demo() -> None:
    """Draw our own character."""
