"""What lies in deploy/: its files hold together, and name nothing that Lectern does not know."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from app.cli import lectern
from app.config import Settings

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")))
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {"migrations", "web-1", "web-2", "worker"}
# What the Compose specification knows of a service, as far as we use it.
KEYS = {"image", "build", "restart", "read_only", "tmpfs", "cap_drop", "security_opt",
        "environment", "volumes", "depends_on", "command", "expose", "healthcheck", "ports",
        "stop_grace_period"}
CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}
FILLED = {"LECTERN_SITE": "blog.example.org", "POSTGRES_PASSWORD": "a1b2c3d4",
          "LECTERN_SECRET_KEY": "sixteen letters at least", "LECTERN_METRICS_TOKEN": "",
          "LECTERN_MAIL_URL": "smtp://me:pw@mail.example:587"}


def command(words: list[str]) -> click.Command:
    """The command that these words call; fails if its options are not those of Lectern."""
    group: click.Command = lectern
    while isinstance(group, click.Group):
        found = group.get_command(click.Context(group), words[0])
        assert found, words
        words, group = words[1:], found
    group.make_context(group.name, list(words), resilient_parsing=False)
    return group


def settings_in(path: Path) -> dict[str, str]:
    """The lines of an environment file, those that are commented out, too."""
    lines = re.findall(r"^#?([A-Z_]+)=(.*)$", path.read_text(), re.MULTILINE)
    assert len(lines) == len(dict(lines))
    return dict(lines)


# systemd

def entries(unit: Path) -> list[tuple[str, str, str]]:
    """Section, name and value of each line."""
    found, section = [], ""
    for line in unit.read_text().splitlines():
        if match := re.fullmatch(r"\[(\w+)\]", line):
            section = match[1]
        elif line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.append((section, name, value))
    return found


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_is_one_that_systemd_would_start(unit: Path) -> None:
    found = entries(unit)
    assert {section for section, _name, _value in found} <= {"Unit", "Service", "Timer", "Install"}
    for _section, name, value in found:
        assert re.fullmatch(r"[A-Z][A-Za-z]+", name), name
        if name.startswith("Exec"):
            assert value.startswith("/"), "systemd looks for no command"
    if unit.suffix == ".timer":
        assert unit.with_suffix(".service") in UNITS


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd here")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text().replace("/srv/lectern/.venv/bin/lectern", "/bin/true")
        (tmp_path / unit.name).write_text(text)
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *tmp_path.iterdir()],
                          capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if "lectern" in line]
    assert ours == []


@pytest.mark.parametrize("unit", [each for each in UNITS if each.suffix == ".service"],
                         ids=lambda unit: unit.name)
def test_a_unit_runs_commands_of_ours_as_nobody_who_may_do_more(unit: Path) -> None:
    values = {name: value for _section, name, value in entries(unit)}
    assert values["User"] == "lectern"
    assert (values["ProtectSystem"], values["NoNewPrivileges"]) == ("strict", "yes")
    assert values["StateDirectory"] == "lectern"
    assert settings_in(DEPLOY / "lectern.env")["LECTERN_DATA"] == "/var/lib/lectern"
    assert values["EnvironmentFile"] == "/etc/lectern.env"
    ran = [value for _section, name, value in entries(unit) if name.startswith("Exec")
           and ".venv/bin/lectern" in value]
    assert ran
    for value in ran:
        # A command of the shell stands in quotes.
        line = re.sub(r"^.*exec /srv", "/srv", value).rstrip("'")
        words = shlex.split(line)
        assert words[0] == "/srv/lectern/.venv/bin/lectern"
        command(words[1:])


def test_a_reload_is_the_signal_that_reloads() -> None:
    values = {name: value for _section, name, value in entries(DEPLOY / "lectern.service")}
    assert values["ExecReload"] == "/bin/kill -HUP $MAINPID"


# Compose

def interpolated(value: str) -> str:
    """A value as Compose reads it, with FILLED set."""
    def fill(match: re.Match[str]) -> str:
        name, how, text = match[1], match[2], match[3]
        if how == ":-":
            return FILLED.get(name) or text
        assert FILLED.get(name), f"{name} must be filled in"
        return FILLED[name]
    return re.sub(r"\$\{([A-Z_]+)(?:(:[-?])([^}]*))?\}", fill, value)


def test_each_service_is_made_of_what_compose_knows() -> None:
    assert {*OURS, "database", "caddy"} == SERVICES.keys()
    for name, service in SERVICES.items():
        assert service.keys() <= KEYS, name
        for other, wanted in service.get("depends_on", {}).items():
            assert wanted["condition"] in CONDITIONS
            if wanted["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[other], other
    assert {key for key in COMPOSE if not key.startswith("x-")} == {"name", "services", "volumes"}


def test_every_volume_and_file_is_there() -> None:
    for name, service in SERVICES.items():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert ((DEPLOY / source).exists() if source.startswith(".")
                    else source in COMPOSE["volumes"]), f"{name}: {volume}"
    for name in OURS:
        build = SERVICES[name]["build"]
        assert (DEPLOY / build["context"]).resolve() == ROOT
        assert (ROOT / build["dockerfile"]).exists()


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_service_is_set_as_settings_are_read_and_runs_commands_of_ours(name: str) -> None:
    service = SERVICES[name]
    settings = Settings.read({key: interpolated(value)
                              for key, value in service["environment"].items()})
    assert settings.database_url == "postgresql+psycopg://lectern:a1b2c3d4@database/lectern"
    assert settings.queue_url == "postgresql://lectern:a1b2c3d4@database/lectern"
    assert (settings.base_url, settings.trusted_proxies) == ("https://blog.example.org", 1)
    command(service["command"])
    assert service["read_only"] is True
    assert "ports" not in service, "only Caddy is for the world"


def test_nothing_serves_before_the_database_is_at_the_newest_step() -> None:
    assert SERVICES["migrations"]["command"] == ["db", "upgrade"]
    assert SERVICES["migrations"]["restart"] == "no"
    for name in OURS - {"migrations"}:
        assert SERVICES[name]["depends_on"] == {
            "migrations": {"condition": "service_completed_successfully"}}
    for name in ("web-1", "web-2"):
        assert "/readyz" in SERVICES[name]["healthcheck"]["test"][-1]


def test_whatever_must_be_filled_in_is_in_the_file_to_fill_in() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+)", (DEPLOY / "compose.yaml").read_text()))
    assert asked == settings_in(DEPLOY / "compose.env").keys()
    assert not (DEPLOY / ".env").exists()


def test_the_example_of_the_units_is_read_without_complaint() -> None:
    given = settings_in(DEPLOY / "lectern.env")
    given["LECTERN_MEDIA_URL"] = ""
    assert Settings.read(given).base_url == "https://blog.example.org"


# Caddy

def directives() -> list[str]:
    """Every line of the Caddyfile that says something."""
    lines = (line.strip() for line in (DEPLOY / "Caddyfile").read_text().splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def test_the_caddyfile_is_balanced_and_says_what_is_promised() -> None:
    said = directives()
    assert sum(line.endswith("{") for line in said) == sum(line == "}" for line in said)
    assert {"max_header_size 16KB", "respond /metrics 404", "encode zstd gzip",
            "health_uri /healthz", "request_header -*_*",
            "header_up X-Request-Id {http.request.uuid}"} <= set(said)
    assert "{$LECTERN_SITE:localhost} {" in said
    assert "reverse_proxy {$LECTERN_UPSTREAMS:127.0.0.1:8000} {" in said
    caddy = SERVICES["caddy"]["environment"]
    assert caddy["LECTERN_UPSTREAMS"].split() == ["web-1:8000", "web-2:8000"]


def test_caddy_waits_longer_than_a_restart_and_the_check_that_notices_its_end() -> None:
    seconds = {name: int(value.removesuffix("s")) for name, value in (
        line.split() for line in directives() if re.fullmatch(r"\w+ \d+s", line))}
    restart = 8
    assert seconds["lb_try_duration"] > (
        restart + seconds["health_interval"] + seconds["fail_duration"])


def test_caddy_logs_nobody_in_requests_that_fail_either() -> None:
    said = directives()
    everywhere = said[:said.index("{$LECTERN_SITE:localhost} {")]
    assert {f"{field} delete" for field in (
        "request>uri", "request>remote_ip", "request>client_ip", "request>headers",
        "resp_headers")} <= set(everywhere), "a site's own log has no say in what failed"
    assert "log" in said, "the site's goes the same way"


@pytest.mark.skipif(not shutil.which("caddy"), reason="there is no Caddy here")
def test_caddy_takes_it() -> None:
    done = subprocess.run(["caddy", "adapt", "--config", DEPLOY / "Caddyfile"],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# The image

def steps() -> list[list[str]]:
    """The instructions of the Dockerfile, each as its words."""
    text = re.sub(r"\\\n", " ", (DEPLOY / "Dockerfile").read_text())
    return [line.split() for line in text.splitlines() if line and not line.startswith("#")]


def is_let_in(path: str) -> bool:
    """Whether the build may see a file: the last line that is about it decides."""
    seen = True
    for line in (DEPLOY / "Dockerfile.dockerignore").read_text().split():
        pattern = line.removeprefix("!")
        if pattern in {"*", path} or path.startswith(f"{pattern}/"):
            seen = line.startswith("!")
    return seen


def test_the_image_is_made_of_what_is_there() -> None:
    stages = {words[3] for words in steps() if words[0] == "FROM" and len(words) == 4}
    copied = [words[1:] for words in steps() if words[0] == "COPY"]
    for words in copied:
        if words[0].startswith("--from="):
            assert words[0].removeprefix("--from=") in stages
            continue
        for source in words[:-1]:
            assert (ROOT / source).exists(), source
            assert is_let_in(source), f"{source} is kept out by Dockerfile.dockerignore"
    seen = {source for words in copied for source in words[:-1]}
    assert {"app", "migrations", "static", "templates", "wsgi.py", "requirements.lock"} <= seen
    for secret in (".env", "instance/secret_key", "deploy/.env", ".git/config", "static/vendor"):
        assert not is_let_in(secret), secret


def test_the_image_runs_as_nobody_from_locked_packages() -> None:
    words = steps()
    assert {each[0] for each in words} <= {
        "FROM", "WORKDIR", "COPY", "RUN", "USER", "ENV", "VOLUME", "EXPOSE", "STOPSIGNAL",
        "ENTRYPOINT", "CMD"}
    assert ["USER", "lectern"] in words
    assert words.index(["USER", "lectern"]) < [each[0] for each in words].index("ENTRYPOINT")
    run = " ".join(" ".join(each) for each in words if each[0] == "RUN")
    assert "--require-hashes -r requirements.lock" in run
    # The target that make is asked for is still one, and needs no more than was copied.
    [target] = re.findall(r"make -o \S+ (\S+)", run)
    makefile = (ROOT / "Makefile").read_text()
    assert f"ASSETS := {target}" in makefile
    [served] = [" ".join(each[1:]) for each in words if each[0] == "CMD"]
    command(yaml.safe_load(served))


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=lambda page: page.name)
def test_a_page_about_running_it_names_what_is_there(page: Path) -> None:
    text = page.read_text()
    known = {f"LECTERN_{name.upper()}" for name in Settings.__dataclass_fields__}
    for name in set(re.findall(r"LECTERN_[A-Z_]+", text)) - {"LECTERN_SITE", "LECTERN_UPSTREAMS"}:
        assert name in known, name
    for file in re.findall(r"deploy/[\w.-]+\w", text):
        assert (ROOT / file).exists() or file == "deploy/.env", file
    for link in re.findall(r"\]\(([^)#]+)\)", text):
        assert "://" in link or (page.parent / link).exists(), link
    for unit, _rest in re.findall(r"(lectern[\w-]*\.(service|timer))", text):
        assert (DEPLOY / unit).exists(), unit
