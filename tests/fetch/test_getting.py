"""The fetcher against a real server that does not always mean well."""

import gzip
import shutil
import socket
import ssl
import subprocess
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import brotli
import pytest

from app.fetch import Allow, Fetched, FetchFailed, Hop, Kind, Limits, get
from app.fetch.targeting import aim
from tests.feeds.feed_server import FeedServer

SHORT = Limits(connect=1, total=0.4)


def failing(url: str, **options: object) -> FetchFailed:
    """The failure that fetching this ends with; it says one sentence."""
    with pytest.raises(FetchFailed) as failure:
        get(url, **options)  # type: ignore[arg-type]
    sentence = str(failure.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert "Error" not in sentence
    return failure.value


def test_a_page_comes_back_with_status_headers_and_body(feed_server: FeedServer) -> None:
    url = feed_server.serve("hello", headers={"ETag": '"1"'})
    answer = get(url, headers={"User-Agent": "Lectern"}, allow=feed_server.allow)
    assert (answer.status, answer.body, answer.url, answer.hops) == (200, b"hello", url, ())
    assert answer.headers["etag"] == '"1"'
    sent = feed_server.requests["/feed.xml"][0]
    assert sent["user-agent"] == "Lectern"
    assert sent["accept-encoding"] == "gzip, br"
    assert sent["host"] == f"127.0.0.1:{feed_server.port}"


def test_an_error_status_is_an_answer(feed_server: FeedServer) -> None:
    assert get(feed_server.url("/nowhere"), allow=feed_server.allow).status == 404


@pytest.mark.parametrize(("pack", "encoding"), [
    (gzip.compress, "gzip"), (brotli.compress, "br"), (zlib.compress, "deflate"),
    (gzip.compress, "X-GZIP"),
])
def test_packed_answers_are_unpacked(
    feed_server: FeedServer, pack: Callable[[bytes], bytes], encoding: str
) -> None:
    url = feed_server.bomb(pack(b"text" * 50_000), encoding)
    assert get(url, allow=feed_server.allow).body == b"text" * 50_000


@pytest.mark.parametrize(("pack", "encoding"), [
    (gzip.compress, "gzip"), (partial(brotli.compress, quality=3), "br"),
    (zlib.compress, "deflate"),
])
def test_a_bomb_is_stopped_before_it_has_grown(
    feed_server: FeedServer, pack: Callable[[bytes], bytes], encoding: str
) -> None:
    url = feed_server.bomb(pack(bytes(100_000_000)), encoding)
    tracemalloc.start()
    try:
        failure = failing(url, allow=feed_server.allow, limits=Limits(size=1_000_000))
        assert tracemalloc.get_traced_memory()[1] < 12_000_000
    finally:
        tracemalloc.stop()
    assert failure.kind == Kind.SIZE
    assert str(failure) == "What 127.0.0.1 sends is larger than 1 MB."


def test_a_bomb_inside_a_bomb_is_not_opened(feed_server: FeedServer) -> None:
    url = feed_server.bomb(gzip.compress(gzip.compress(bytes(10_000))), "gzip, gzip")
    assert failing(url, allow=feed_server.allow).kind == Kind.ENCODING


def test_exactly_the_size_that_is_allowed_is_allowed(feed_server: FeedServer) -> None:
    limits = Limits(size=70_000)
    assert len(get(feed_server.serve(bytes(70_000)), allow=feed_server.allow,
                   limits=limits).body) == 70_000
    assert failing(feed_server.serve(bytes(70_001)), allow=feed_server.allow,
                   limits=limits).kind == Kind.SIZE


def test_damaged_packing_and_broken_off_answers_are_failures(feed_server: FeedServer) -> None:
    assert failing(feed_server.bomb(b"no gzip", "gzip"), allow=feed_server.allow).kind \
        == Kind.ENCODING
    assert failing(feed_server.break_off(b"<rss"), allow=feed_server.allow).kind == Kind.CONNECTION


@pytest.mark.parametrize("verb", ["hang", "drip", "drip headers"])
def test_a_server_that_takes_its_time_meets_the_deadline(
    feed_server: FeedServer, verb: str
) -> None:
    url = feed_server.hang() if verb == "hang" else feed_server.drip(headers_only="headers" in verb)
    started = time.monotonic()
    failure = failing(url, allow=feed_server.allow, limits=SHORT)
    assert time.monotonic() - started < 2
    assert failure.kind == Kind.TIMEOUT
    assert str(failure) == "The server at 127.0.0.1 did not answer within 0.4 seconds."


def test_a_slow_handshake_meets_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        started = time.monotonic()
        failure = failing(f"https://127.0.0.1:{port}/", allow=Allow.parse("127.0.0.1"),
                          limits=SHORT)
    assert failure.kind == Kind.TIMEOUT
    assert time.monotonic() - started < 2


def test_a_slow_name_server_meets_the_deadline(feed_server: FeedServer) -> None:
    def ponder(host: str, port: int) -> list[str]:
        feed_server.finished.wait(30)
        return ["127.0.0.1"]

    assert failing("http://slow.example/", resolve=ponder, limits=SHORT).kind == Kind.TIMEOUT


def test_a_chain_of_slow_redirects_shares_one_deadline(feed_server: FeedServer) -> None:
    url = feed_server.redirect(feed_server.drip())
    started = time.monotonic()
    assert failing(url, allow=feed_server.allow, limits=SHORT).kind == Kind.TIMEOUT
    assert time.monotonic() - started < 2


def test_redirects_are_followed_and_told(feed_server: FeedServer) -> None:
    last = feed_server.serve("here", "/last")
    middle = feed_server.redirect("last", "/middle", status=307)
    answer = get(feed_server.redirect("/middle", "/first", status=301), allow=feed_server.allow)
    assert answer.body == b"here"
    assert answer.url == last
    assert answer.hops == (Hop(301, middle), Hop(307, last))


def test_redirects_in_a_circle_end_at_once(feed_server: FeedServer) -> None:
    feed_server.redirect("/b", "/a")
    assert failing(feed_server.redirect("/a", "/b"), allow=feed_server.allow).kind == Kind.REDIRECTS
    assert feed_server.count("/a") + feed_server.count("/b") == 2


def test_a_sixth_redirect_is_one_too_many(feed_server: FeedServer) -> None:
    feed_server.serve("x", "/0")
    for number in range(1, 7):
        feed_server.redirect(f"/{number - 1}", f"/{number}")
    assert get(feed_server.url("/5"), allow=feed_server.allow).status == 200
    assert failing(feed_server.url("/6"), allow=feed_server.allow).kind == Kind.REDIRECTS


@pytest.mark.parametrize("place", [
    "http://127.0.0.1:{other}/", "http://localhost:{other}/", "http://[::1]:{other}/",
    "http://169.254.169.254/latest/meta-data/", "http://2130706433:{other}/",
    "http://0x7f.1:{other}/", "//10.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1/",
    "http://user:secret@example.org/", "http://127.0.0.1\\@example.org/", "http://[::1",
])
def test_a_redirect_to_where_we_may_not_go_is_refused(feed_server: FeedServer, place: str) -> None:
    other = FeedServer()
    try:
        url = feed_server.redirect(place.format(other=other.port))
        assert failing(url, allow=feed_server.allow).kind in (Kind.ADDRESS, Kind.URL)
        assert other.requests == {}
    finally:
        other.close()


@pytest.mark.parametrize("url", [
    "http://127.0.0.1/", "http://127.1/", "http://127.0.1/", "http://2130706433/",
    "http://0x7f000001/", "http://0x7f.0x0.0x0.0x1/", "http://0x7f.1/", "http://0177.0.0.1/",
    "http://017700000001/", "http://00000177.1/", "http://0/", "http://0.0.0.0/",
    "http://127.0.0.1./",    "http://localhost/", "http://LOCALHOST/", "http://[::1]/", "http://[::]/",
    "http://[0:0:0:0:0:0:0:1]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/",
    "http://[::127.0.0.1]/", "http://[64:ff9b::127.0.0.1]/", "http://[64:ff9b:1::127.0.0.1]/",
    "http://[2002:7f00:1::]/", "http://[fe80::1%25eth0]/", "http://①②⑦.⓪.⓪.①/",
    "http://127。0。0。1/", "http://%31%32%37.0.0.1/", "http://127.0.0.1%2f@example.org/",
    "http://127.0.0.1\\@example.org/", "http://example.org@127.0.0.1/", "http://127.0.0.1#@x.org/",
])
def test_loopback_is_refused_however_it_is_written(url: str) -> None:
    assert failing(url).kind in (Kind.ADDRESS, Kind.URL)


@pytest.mark.parametrize("url", [
    "", "example.org", "ftp://example.org/", "http:/example.org", "http://", "https:///x",
    "http://exa mple.org/", "http://example.org/\r\nHost: evil", "http://example.org/\x00",
    "http://example.org:0/", "http://example.org:99999/", "http://exam\u200bple.org/",
    "http://-.example/", "http://a..b/", "http://x/" + "a" * 5000, "javascript:alert(1)",
    "http://" + "a" * 64 + ".example/", " http://example.org/", "http://example.org\t/",
])
def test_what_is_no_proper_web_address_is_refused_before_any_look_up(url: str) -> None:
    def never(host: str, port: int) -> list[str]:
        raise AssertionError(host)

    assert failing(url, resolve=never).kind == Kind.URL


@pytest.mark.parametrize("answer", [
    ["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["169.254.169.254"], ["::1"], ["fe80::1%eth0"],
    ["2606:4700::1111", "::ffff:192.168.0.1"],
])
def test_a_name_with_any_private_address_is_refused(answer: list[str]) -> None:
    failure = failing("http://rebinding.example/", resolve=lambda host, port: answer)
    assert failure.kind == Kind.ADDRESS
    assert str(failure) == (
        "rebinding.example does not lead to an address on the public internet."
    )


def test_the_address_that_was_checked_is_the_one_connected_to(feed_server: FeedServer) -> None:
    feed_server.serve("hello")
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    answer = get(f"http://feeds.example:{feed_server.port}/feed.xml", resolve=resolve,
                 allow=Allow.parse("feeds.example"))
    assert answer.body == b"hello"
    assert asked == ["feeds.example"]
    assert feed_server.requests["/feed.xml"][0]["host"] == f"feeds.example:{feed_server.port}"


def test_a_name_is_looked_up_and_checked_again_on_every_hop(feed_server: FeedServer) -> None:
    answers = iter((["127.0.0.1"], ["10.0.0.1"]))
    url = f"http://feeds.example:{feed_server.port}/moved"
    feed_server.redirect("/feed.xml")
    failure = failing(url, resolve=lambda host, port: next(answers),
                      allow=Allow.parse(f"127.0.0.1/32,other.example:{feed_server.port}"))
    assert failure.kind == Kind.ADDRESS
    assert feed_server.count() == 0


def test_the_next_address_is_tried_when_the_first_does_not_answer(feed_server: FeedServer) -> None:
    feed_server.serve("hello")
    answer = get(f"http://feeds.example:{feed_server.port}/feed.xml",
                 resolve=lambda host, port: ["127.0.0.9", "127.0.0.1"],
                 allow=Allow.parse("127.0.0.0/8"))
    assert answer.body == b"hello"


def test_what_proves_who_we_are_is_never_sent(
    feed_server: FeedServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    get(feed_server.redirect(feed_server.serve("x")), allow=feed_server.allow,
        headers={"Authorization": "Basic x", "cookie": "a=b", "Host": "evil", "X-Fine": "1"})
    for sent in (feed_server.requests["/moved"][0], feed_server.requests["/feed.xml"][0]):
        assert sent["x-fine"] == "1"
        assert sent["host"] != "evil"
        assert not {"authorization", "cookie", "proxy-authorization"} & sent.keys()


def test_no_proxy_of_the_environment_is_used(
    feed_server: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = FeedServer()
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.url("/"))
    assert get(feed_server.serve("x"), allow=feed_server.allow).body == b"x"
    assert proxy.requests == {}
    proxy.close()


@pytest.mark.parametrize(("port", "fine"), [
    (80, True), (443, True), (8080, True), (8000, True), (22, False), (25, False), (6379, False),
    (5432, False), (3306, False), (11211, False),
])
def test_public_hosts_are_asked_on_web_ports_only(port: int, fine: bool) -> None:
    assert aim(f"http://example.org:{port}/").is_on_a_web_port is fine


def test_another_trades_port_is_refused_even_on_a_public_host() -> None:
    failure = failing("http://mail.example:25/", resolve=lambda host, port: ["8.8.8.8"])
    assert failure.kind == Kind.URL


def test_nobody_there_and_no_such_name_are_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    refused = failing(f"http://127.0.0.1:{port}/", allow=Allow.parse("127.0.0.1"))
    assert str(refused) == "The server at 127.0.0.1 refuses the connection."
    unknown = failing("http://nowhere.example/", resolve=lambda host, port: [])
    assert (unknown.kind, str(unknown)) == (
        Kind.NAME, "There is no server called nowhere.example."
    )


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a self-signed certificate for feeds.example, in one file."""
    if shutil.which("openssl") is None:
        pytest.fail("These tests need the command `openssl`: apt-get install openssl.",
                    pytrace=False)
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=feeds.example", "-addext",
         "subjectAltName=DNS:feeds.example", "-keyout", folder / "key", "-out", folder / "cert"],
        check=True, capture_output=True,
    )
    (folder / "both").write_bytes((folder / "key").read_bytes() + (folder / "cert").read_bytes())
    return folder / "both"


@pytest.fixture
def secure_server(certificate: Path) -> Iterator[FeedServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = FeedServer(context=context)
    server.serve("secret")
    yield server
    server.close()


def fetch_securely(server: FeedServer, host: str) -> Fetched:
    return get(f"https://{host}:{server.port}/feed.xml", allow=Allow.parse(host),
               resolve=lambda name, port: ["127.0.0.1"])


def test_a_certificate_is_checked_against_the_name_that_was_asked(
    secure_server: FeedServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert fetch_securely(secure_server, "feeds.example").body == b"secret"
    with pytest.raises(FetchFailed) as failure:
        fetch_securely(secure_server, "other.example")
    assert failure.value.kind == Kind.TLS


def test_a_certificate_nobody_vouches_for_is_refused(secure_server: FeedServer) -> None:
    with pytest.raises(FetchFailed) as failure:
        fetch_securely(secure_server, "feeds.example")
    assert str(failure.value) == (
        "The server at feeds.example cannot prove that it is feeds.example."
    )
    assert secure_server.requests == {}
