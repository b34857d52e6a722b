"""A bucket on a real server, moto's: a process beside the tests, in an environment of its own."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from tests.browser.running import free_port, until

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".cache" / "moto" / "bin" / "python"
KEYS = {"AWS_ACCESS_KEY_ID": "a-key-of-tests", "AWS_SECRET_ACCESS_KEY": "a-secret-of-tests"}


class BucketServer:
    """The server; each bucket is one test's own."""

    def __init__(self, folder: Path) -> None:
        self.address = f"http://127.0.0.1:{free_port()}"
        self._http = urllib3.PoolManager(retries=False, timeout=20)
        with (folder / "moto.log").open("wb") as log:
            self._process = subprocess.Popen(
                [PYTHON, "-m", "moto.server", "-H", "127.0.0.1", "-p",
                 self.address.rsplit(":", 1)[1]], stdout=log, stderr=log)
        until(self._is_up, 30, "the bucket server answers")

    def _is_up(self) -> bool:
        assert self._process.poll() is None, "`make setup` installs moto"
        try:
            return self._http.request("GET", f"{self.address}/moto-api/").status == 200
        except urllib3.exceptions.HTTPError:
            return False

    def make(self, name: str) -> str:
        """A new, empty bucket; the value that LECTERN_MEDIA_URL gets for it."""
        done = self._http.request("PUT", f"{self.address}/{name}")
        assert done.status == 200, done.data
        return f"s3://{name}/media?endpoint={self.address}&region=us-east-1"

    def check_keys(self, every: bool) -> None:
        """Makes it refuse whoever has no key of its own, or let everybody in again."""
        self._http.request("POST", f"{self.address}/moto-api/reset-auth",
                           body=b"0" if every else b"inf")

    def get(self, address: str, **headers: str) -> urllib3.BaseHTTPResponse:
        """What a browser gets at an address of the bucket's."""
        return self._http.request("GET", address, headers=headers)

    def stop(self) -> None:
        """Ends it."""
        self._http.clear()
        self._process.terminate()
        self._process.wait(20)


@pytest.fixture(scope="session")
def bucket_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BucketServer]:
    """The server of this run, with keys for it in the environment."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in KEYS.items():
            patch.setenv(name, value)
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        server = BucketServer(tmp_path_factory.mktemp("bucket"))
        yield server
        server.stop()
