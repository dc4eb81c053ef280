import pytest

from bare_machine import Machine, make_root
from installing import BUILD


@pytest.fixture(scope="session")
def machine(tmp_path_factory):
    archive = BUILD / "bare-debian.tar"
    if not archive.exists():
        make_root(archive)
    machine = Machine(archive, tmp_path_factory.mktemp("machine") / "root")
    machine.boot()
    yield machine
    machine.off()
