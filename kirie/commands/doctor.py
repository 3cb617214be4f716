"""`kirie doctor`."""
from kirie.commands.common import command
@command("doctor", examples="")
def doctor() -> None:
    """See whether everything works."""
