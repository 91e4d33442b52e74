"""The portal's database on a disk that others may read: signing secrets stand in it and in its write-ahead log."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from registry.data_folder import DataFolder
from registry.portal.portal_database import open_portal
from registry.settings import read_settings

if TYPE_CHECKING:
    from pathlib import Path


def test_nobody_else_reads_the_database_nor_its_log_from_the_first_start_on(tmp_path: Path) -> None:
    earlier = os.umask(0o022)
    try:
        database = open_portal(DataFolder(tmp_path), read_settings(tmp_path, environment={}))
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.glob("portal.db*")}
        database.close()
    finally:
        os.umask(earlier)
    assert "portal.db" in modes
    assert set(modes.values()) == {0o600}
