"""One planted bug: a change of one text in one production source, and what it does wrong."""

from typing import NamedTuple


class Bug(NamedTuple):
    name: str
    file: str
    find: str
    replacement: str
    what: str
    # "" lets the simulation find it. "sync_test", or "sync_test:SyncTest.*" with a filter as
    # GoogleTest takes it, runs that test program instead: for what no simulated life comes across.
    test: str = ""
