"""A bucket on a real server, moto's: a process beside the tests, in an environment of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from tests.foreign import Foreign

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".cache" / "moto" / "bin" / "python"
KEYS = {"AWS_ACCESS_KEY_ID": "a-key-of-tests", "AWS_SECRET_ACCESS_KEY": "a-secret-of-tests"}


class BucketServer(Foreign):
    """The server, which `make setup` installs; each bucket is one test's own."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.run([PYTHON, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)],
                 folder / "moto.log", "/moto-api/")

    def make(self, name: str) -> str:
        """A new, empty bucket; the value that LECTERN_MEDIA_URL gets for it."""
        done = self.http.request("PUT", f"{self.base}/{name}")
        assert done.status == 200, done.data
        return f"s3://{name}/media?endpoint={self.base}&region=us-east-1"

    def check_keys(self, every: bool) -> None:
        """Makes it refuse whoever has no key of its own, or let everybody in again."""
        self.http.request("POST", f"{self.base}/moto-api/reset-auth",
                           body=b"0" if every else b"inf")

    def get(self, address: str, **headers: str) -> urllib3.BaseHTTPResponse:
        """What a browser gets at an address of the bucket's."""
        return self.http.request("GET", address, headers=headers)


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
