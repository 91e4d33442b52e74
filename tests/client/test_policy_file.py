"""What a program demands: a mistake is told with how that very demand is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from verifier.client.policy_file import demand_of
from verifier.errors import WrongUseError

ZONE = "Asia/Tokyo"


def test_a_hint_is_about_the_demand_that_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(WrongUseError) as refused:
        demand_of(None, "0199-XX", None, zone=ZONE)
    assert "jp.meti.scs" not in refused.value.hint
    assert "0188-" in refused.value.hint
    with pytest.raises(WrongUseError) as refused:
        demand_of("3", "0188-1180301018771", None, zone=ZONE)
    assert "jp.meti.scs/3" in refused.value.hint
    large = tmp_path / "large.toml"
    large.write_bytes(b"#" * 65_537)
    with pytest.raises(WrongUseError, match="at most 65536 bytes") as refused:
        demand_of(None, None, large, zone=ZONE)
    assert "Such as" not in refused.value.hint
