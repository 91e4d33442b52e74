"""How many durable appends pymerkle makes in a second on SQLite. Prints JSON.

    python pymerkle_appends.py ENTRIES FOLDER COUNT... : a file with an entry in each line, and how many to append
    for each group size "SIZE:COUNT".

It runs in an environment of its own and imports nothing but pymerkle, whose licence (GPL) must not reach what it is
compared with.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pymerkle


def measure(entries: list[bytes], place: Path, group: int) -> dict[str, object]:
    """Append the entries, ``group`` in a commit. One by one is how pymerkle makes each entry durable by itself."""
    with pymerkle.SqliteTree(str(place)) as tree:
        started = time.perf_counter()
        if group == 1:
            for entry in entries:
                tree.append_entry(entry)
        else:
            for at in range(0, len(entries), group):
                tree.append_entries(entries[at : at + group])
        took = time.perf_counter() - started
        journal = tree.con.execute("PRAGMA journal_mode").fetchone()
        synchronous = tree.con.execute("PRAGMA synchronous").fetchone()
        root = tree.get_root().hex()
    return {
        "appends": len(entries),
        "appends_per_second": round(len(entries) / took, 1),
        "journal_mode": journal,
        "synchronous": synchronous,
        "root": root,
    }


def main() -> None:
    """Measure each group and print."""
    source, folder, *asked = sys.argv[1:]
    entries = Path(source).read_bytes().split(b"\n")
    found = {}
    for one in asked:
        group, count = map(int, one.split(":"))
        found[str(group)] = measure(entries[:count], Path(folder) / f"pymerkle-{group}.db", group)
    print(json.dumps({"pymerkle": pymerkle.__version__, "groups": found}))


if __name__ == "__main__":
    main()
