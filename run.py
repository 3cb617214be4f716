"""Set Kirie up and start it, from a fresh clone with nothing but Python:

    python3 run.py demo             make .venv, install what requirements.txt locks, run the demo
    python3 run.py test             the same, and run the checks and tests
    python3 run.py rig girl.psd     any other word is a command of Kirie

Every Python from 3.6 on can read this file, so that a wrong one hears which it takes. What must work with Kirie's own
Python only (3.11 or 3.12) is in kirie/environment.py.
"""

import os
import shutil
import subprocess
import sys

WANTED = ((3, 12), (3, 11))
ROOT = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120
PROBE = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"


def candidates():
    # type: () -> list[list[str]]
    """Commands that may start a fitting Python: this very one first, then those by name."""
    found = [[sys.executable]] if sys.executable else []
    for major, minor in WANTED:
        name = "python%d.%d" % (major, minor)
        path = shutil.which(name)
        found += [[path]] if path else []
        launcher = shutil.which("py") if os.name == "nt" else None
        found += [[launcher, "-%d.%d" % (major, minor)]] if launcher else []
    return found


def version(command):
    # type: (list[str]) -> tuple[int, ...]
    """(major, minor) of the Python that a command starts, or () if it starts none that can make environments."""
    try:
        answer = subprocess.run(command + ["-c", PROBE], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # noqa: RUF005
        return tuple(int(x) for x in answer.stdout.decode().strip().split("."))
    except (OSError, ValueError):
        return ()


def find_python():
    # type: () -> list[str] | None
    """The first candidate with a wanted version."""
    for command in candidates():
        if version(command) in WANTED:
            return command
    return None


def explain():
    # type: () -> str
    """What is wrong with the Python at hand, and the line to type."""
    here = "%d.%d" % sys.version_info[:2]
    if sys.version_info[:2] in WANTED:
        return ("error: this Python %s cannot make environments: its venv or ensurepip module is missing\n"
                "hint:  sudo apt-get install -y python%s-venv     (and try again)" % (here, here))  # fmt: skip
    word = "old" if sys.version_info[:2] < min(WANTED) else "new"
    if sys.platform == "win32":
        line = "winget install Python.Python.3.12"
    elif sys.platform == "darwin":
        line = "brew install python@3.12"
    else:
        line = "sudo apt-get install -y python3.12 python3.12-venv"
    return ("error: Kirie needs Python 3.11 or 3.12; this one is %s, which is too %s, and no other was found\n"
            "hint:  %s     (or: uv python install 3.12), then: python3.12 run.py" % (here, word, line))  # fmt: skip


def main():
    # type: () -> int
    command = find_python()
    if command is None:
        sys.stderr.write(explain() + "\n")
        return 1
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONHOME", "PYTHONPATH", "__PYVENV_LAUNCHER__")}
    line = command + ["-P", os.path.join(ROOT, "kirie", "environment.py")] + sys.argv[1:]  # noqa: PTH118, RUF005
    if os.name == "nt":                                     # exec on Windows gives the prompt back too early
        try:
            return subprocess.call(line, env=environment)
        except KeyboardInterrupt:
            return 130
    return os.execve(line[0], line, environment)


if __name__ == "__main__":
    sys.exit(main())
