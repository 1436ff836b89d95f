"""How many small mistakes in ``policy/`` its own tests would find: the mutation score, and the mistakes they miss.

The mutants of all files are laid in one row, and every so-many-th is taken, from a start that the seed says: an even
sample, which nobody chose. Each runs the tests of its own room that enter its function, until the first fails. One that
survives may be equivalent to what it came from; that is for a reader to say, so none is left out.

Run: ``nice python -m bench.mutation 250 [--seed 1] [--room objects]``. Prints each survivor as it is found, and the
score of each room.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from bench.mutation_run import Place, survivors
from bench.mutation_sites import mutants

ROOT = Path(__file__).parents[1]
POLICY = ROOT / "src/ringwall/policy"
ORACLES = ("against_cedar", "agreement", "corpus", "soundness")  # other engines are asked, last: that takes longest
PROCESSES, TOGETHER = 2, 60


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("wanted", type=int, help="how many mutants; more than there are takes them all")
    asked.add_argument("--seed", type=int, default=0)
    asked.add_argument("--room", help="only those of this folder of policy/, of `policy` itself, or of `lists`")
    options = asked.parse_args()
    sample = sampled(options.wanted, options.seed, options.room)
    taken, survived = Counter[str](), Counter[str]()
    # Each batch has a process of its own, in which nothing was imported yet.
    with ProcessPoolExecutor(PROCESSES, get_context("spawn"), max_tasks_per_child=1) as pool:
        running = {pool.submit(survivors, places, own_tests(room)): (room, places) for room, places in batched(sample)}
        for batch in as_completed(running):
            room, places = running[batch]
            taken[room] += len(places)
            survived[room] += len(batch.result())
            for place in batch.result():
                print(shown(place), flush=True)
            print(scored(f"{room}, so far", taken.total(), survived.total()), file=sys.stderr)
    for room in sorted(taken):
        print(scored(room, taken[room], survived[room]))
    print(scored("all", taken.total(), survived.total()))


def sampled(wanted: int, seed: int, room: str | None) -> list[Place]:
    files = [file for file in sorted(POLICY.rglob("*.py")) if room in (None, room_of(file))]
    row = [Place(file, mutant) for file in files for mutant in mutants(file.read_text(encoding="utf-8"))]
    wanted = min(wanted, len(row))
    step = len(row) / wanted
    start = random.Random(seed).random() * step
    print(f"{len(row):,} mutants of {len(files)} files; {wanted} taken, seed {seed}", flush=True)
    return [row[int(start + number * step)] for number in range(wanted)]


def batched(sample: list[Place]) -> Iterator[tuple[str, list[Place]]]:
    rooms = defaultdict[str, list[Place]](list)
    for place in sample:
        rooms[room_of(place.file)].append(place)
    for room, places in sorted(rooms.items(), key=lambda one: one[0] in ("policy", "lists")):  # the slow ones last
        for start in range(0, len(places), TOGETHER):
            yield room, places[start : start + TOGETHER]


def room_of(file: Path) -> str:
    """The folder below ``policy/``, which is ``policy`` itself for a file that stands there; lists are a third."""
    if file.stem.startswith("translation"):
        return "lists"
    return "policy" if file.parent == POLICY else file.relative_to(POLICY).parts[0]


def own_tests(room: str) -> list[str]:
    """A folder's tests stand in the folder of that name; for what every room is built on, every room's tests speak."""
    tests = ROOT / "tests"
    if room == "lists":
        chosen = [*(tests / "policy").glob("test_translation*.py"), *(tests / "on").glob("test_visible*.py")]
    elif room == "policy":
        chosen = [tests / "on/composition/test_policy_files.py", *(tests / "policy").rglob("test_*.py")]
    else:
        chosen = list((tests / "policy" / room).glob("test_*.py"))
        if room == "objects":  # Django's models stand where a project of Django is
            chosen.append(tests / "on/django/test_attributes.py")
    return [str(path) for path in sorted(chosen, key=lambda path: (any(word in path.name for word in ORACLES), path))]


def shown(place: Place) -> str:
    before = " ".join(place.mutant.before.split())
    return f"{place.file.relative_to(POLICY)}:{place.mutant.line}  {before}  →  {place.mutant.after}"


def scored(name: str, taken: int, survived: int) -> str:
    return f"{name:<12} {taken - survived:>4} of {taken:>4} killed  {100 * (1 - survived / taken):5.1f} %"


if __name__ == "__main__":
    main()
