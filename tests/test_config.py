"""Settings: every one of them, and what is said of a bad one."""

import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app import create_app
from app.config import BadSetting, Settings

GOOD = {
    "LECTERN_DATA": ("/srv/lectern", "data", Path("/srv/lectern")),
    "LECTERN_DATABASE_URL": ("postgresql+psycopg://me@db/blog", "database_url",
                             "postgresql+psycopg://me@db/blog"),
    "LECTERN_SECRET_KEY": ("sixteen letters at least", "secret_key", "sixteen letters at least"),
    "LECTERN_BASE_URL": ("https://blog.example/", "base_url", "https://blog.example"),
    "LECTERN_TRUSTED_PROXIES": ("2", "trusted_proxies", 2),
    "LECTERN_MAIL_URL": ("smtps://me:pw@mail.example:465", "mail_url",
                         "smtps://me:pw@mail.example:465"),
    "LECTERN_QUEUE_URL": ("postgresql://me@db/blog", "queue_url", "postgresql://me@db/blog"),
    "LECTERN_CDN_PURGE_URL": ("https://token@cdn.example/purge", "cdn_purge_url",
                              "https://token@cdn.example/purge"),
    "LECTERN_MEDIA_URL": ("/srv/media", "media_url", "/srv/media"),
    "LECTERN_FEED_ALLOW": ("10.0.0.0/8, intranet:8080", "feed_allow", "10.0.0.0/8, intranet:8080"),
    "LECTERN_SPAM_SERVICE_URL": ("https://a1b2@spam.example", "spam_service_url",
                                 "https://a1b2@spam.example"),
    "LECTERN_TITLE": ("  On Leading  ", "title", "On Leading"),
    "LECTERN_LANGUAGE": ("pt-BR", "language", "pt-BR"),
    "LECTERN_PAGE_CACHE": ("0", "page_cache", 0),
    "LECTERN_LOG": ("off", "log", "off"),
    "LECTERN_METRICS_TOKEN": ("sixteen letters at least", "metrics_token",
                              "sixteen letters at least"),
}
BAD = [
    ("LECTERN_DATABASE_URL", "mysql://me@db/blog"),
    ("LECTERN_DATABASE_URL", "just words"),
    ("LECTERN_DATABASE_URL", "postgresql+psycopg://db:port/blog"),
    ("LECTERN_SECRET_KEY", "short"),
    ("LECTERN_BASE_URL", "blog.example"),
    ("LECTERN_BASE_URL", "ftp://blog.example"),
    ("LECTERN_BASE_URL", "https://"),
    ("LECTERN_BASE_URL", "https://blog.example?page=1"),
    ("LECTERN_BASE_URL", "http://[::1"),
    ("LECTERN_BASE_URL", "http://blog.example:99999"),
    ("LECTERN_TRUSTED_PROXIES", "-1"),
    ("LECTERN_TRUSTED_PROXIES", "11"),
    ("LECTERN_TRUSTED_PROXIES", "one"),
    ("LECTERN_MAIL_URL", "http://mail.example"),
    ("LECTERN_MAIL_URL", "mail.example:25"),
    ("LECTERN_QUEUE_URL", "redis://queue"),
    ("LECTERN_MEDIA_URL", "s3://"),
    ("LECTERN_MEDIA_URL", "s3://A bucket"),
    ("LECTERN_MEDIA_URL", "s3://bucket/../other"),
    ("LECTERN_MEDIA_URL", "s3://bucket?colour=red"),
    ("LECTERN_MEDIA_URL", "s3://bucket?endpoint=minio:9000"),
    ("LECTERN_MEDIA_URL", "gs://bucket"),
    ("LECTERN_SPAM_SERVICE_URL", "https://spam.example"),
    ("LECTERN_SPAM_SERVICE_URL", "http://a1b2@spam.example"),
    ("LECTERN_SPAM_SERVICE_URL", "ftp://a1b2@spam.example"),
    ("LECTERN_SPAM_SERVICE_URL", "https://a1b2@"),
    ("LECTERN_SPAM_SERVICE_URL", "https://a1b2@spam.example:port"),
    ("LECTERN_SPAM_SERVICE_URL", "https://a1b2@spam.example?key=a1b2"),
    ("LECTERN_CDN_PURGE_URL", "cdn.example/purge"),
    ("LECTERN_CDN_PURGE_URL", "http://token@cdn.example/purge"),
    ("LECTERN_CDN_PURGE_URL", "https://token@/purge"),
    ("LECTERN_CDN_PURGE_URL", "https://token@cdn.example/purge?soft=1"),
    ("LECTERN_LANGUAGE", "e"),
    ("LECTERN_PAGE_CACHE", "-1"),
    ("LECTERN_LOG", "loud"),
    ("LECTERN_METRICS_TOKEN", "short"),
    ("LECTERN_PAGE_CACHE", "64 MB"),
    ("LECTERN_LANGUAGE", "en\"><script>"),
]


@pytest.mark.parametrize("name", GOOD)
def test_a_setting_is_read_from_its_variable(name: str) -> None:
    value, field, expected = GOOD[name]
    assert getattr(Settings.read({name: value}), field) == expected


def test_the_table_above_has_every_setting() -> None:
    assert {field for _value, field, _expected in GOOD.values()} == set(
        Settings.__dataclass_fields__)


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_bad_value_stops_the_start_and_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name) as told:
        Settings.read({name: value})
    assert str(told.value).count("\n") == 0


def test_a_bad_list_of_hosts_stops_the_start_and_is_named(settings: Settings) -> None:
    wrong = Settings(data=settings.data, database_url=settings.database, feed_allow="a host, b c")
    with pytest.raises(ValueError, match="LECTERN_FEED_ALLOW"):
        create_app(wrong)


def test_an_unknown_name_stops_the_start_and_the_known_ones_are_listed() -> None:
    with pytest.raises(BadSetting) as told:
        Settings.read({"LECTERN_TITEL": "On Leading"})
    assert "LECTERN_TITEL" in str(told.value)
    assert "LECTERN_TITLE" in str(told.value)


def test_variables_of_other_programs_are_nobodys_business() -> None:
    assert Settings.read({"HOME": "/root", "LECTERNS": "3"}) == Settings()


def test_an_empty_value_is_the_same_as_none() -> None:
    assert Settings.read({"LECTERN_TITLE": "  ", "LECTERN_DATABASE_URL": ""}) == Settings()


def test_secrets_do_not_stand_in_the_log() -> None:
    settings = Settings(secret_key="a very secret key", mail_url="smtp://me:hush@mail.example",
                        queue_url="postgresql://me:hush@db/queue")
    assert "hush" not in repr(settings)
    assert "secret key" not in repr(settings)


@pytest.mark.parametrize("value", ["http://hush@spam.example", "https://hush@spam.example:port"])
def test_the_key_of_a_spam_service_does_not_stand_in_what_is_said_of_it(value: str) -> None:
    with pytest.raises(BadSetting) as told:
        Settings.read({"LECTERN_SPAM_SERVICE_URL": value})
    assert "hush" not in str(told.value)
    assert "hush" not in repr(Settings(spam_service_url="https://hush@spam.example"))


def test_all_that_is_kept_is_in_the_data_directory_by_default(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    assert settings.database == f"sqlite:///{tmp_path}/lectern.sqlite"
    assert settings.media == tmp_path / "media"
    assert settings.outbox == tmp_path / "outbox"


def test_the_secret_is_made_once_and_kept_where_only_its_owner_can_read_it(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "new")
    secret = settings.secret()
    kept = tmp_path / "new" / "secret_key"
    assert len(secret) >= 32
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert Settings(data=tmp_path / "new").secret() == secret == kept.read_text()


def test_a_data_directory_that_is_made_is_open_to_its_owner_alone(tmp_path: Path) -> None:
    create_app(Settings(data=tmp_path / "new"))
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_processes_that_start_at_once_agree_on_one_secret(tmp_path: Path) -> None:
    together = threading.Barrier(8, timeout=30)

    def start(number: int) -> list[str]:
        kept = []
        for turn in range(30):
            together.wait()
            kept.append(Settings(data=tmp_path / str(turn)).secret())
        return kept

    with ThreadPoolExecutor(8) as pool:
        for secrets in zip(*pool.map(start, range(8)), strict=True):
            assert len(set(secrets)) == 1
            assert len(secrets[0]) >= 32


def test_a_secret_that_is_set_is_not_written_down(tmp_path: Path) -> None:
    assert Settings(data=tmp_path, secret_key="sixteen letters at least").secret()
    assert not (tmp_path / "secret_key").exists()


@pytest.mark.parametrize(("address", "secure"), [
    ("http://127.0.0.1:8000", False), ("http://localhost", False), ("http://[::1]:8000", False),
    ("https://localhost", True), ("https://blog.example", True), ("http://blog.example", True),
])
def test_cookies_are_secure_but_for_http_on_loopback(address: str, secure: bool) -> None:
    assert Settings(base_url=address).secure is secure
