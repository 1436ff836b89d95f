"""What importing costs, as whole processes side by side: ``import ringwall``, ``ringwall --help``, and bare Python.

Goals: at most 3 times, and at most 5 times.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys

ROUNDS = 21
COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "import ringwall": ["-c", "import ringwall"],
    "import ringwall, one noun": ["-c", "from ringwall import Secret"],
    "ringwall --help": [
        "-c",
        "import sys; sys.argv = ['ringwall', '--help']; import ringwall.cli; ringwall.cli.main()",
    ],
}


def cpu(arguments: list[str]) -> float:
    """CPU seconds of one process, as the operating system counted them."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    seconds: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for number in range(ROUNDS + 2):
        for name, arguments in COMMANDS.items():
            spent = cpu(arguments)
            if number >= 2:
                seconds[name].append(spent)
    base = statistics.median(seconds["python -c pass"])
    for name, found in seconds.items():
        print(f"{name:<28} {statistics.median(found) * 1000:7.1f} ms CPU   {statistics.median(found) / base:5.2f}x")


if __name__ == "__main__":
    main()
