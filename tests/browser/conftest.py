"""A live site for each xdist worker, and a real Chromium to visit it with."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, StorageState, expect, sync_playwright

from tests.browser.running import PASSWORD, Backstage, Held, Site, until
from tests.browser.watching import Watch, watch
from tests.feeds.feed_server import feed_server

__all__ = ["feed_server"]

Tab = Callable[..., Page]
PATIENCE = 10_000
# The first is the second without its windows, and takes less than half of the processor.
BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")
ARGUMENTS = ["--disable-quic", "--disable-background-networking",
             "--autoplay-policy=no-user-gesture-required",
             "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
expect.set_options(timeout=PATIENCE)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks every test here, and spreads them among the others: these work while those wait."""
    ours = [item for item in items if Path(__file__).parent in item.path.parents]
    others = [item for item in items if item not in set(ours)]
    for item in ours:
        item.add_marker(pytest.mark.browser)
    # Last the one that waits for half a minute, which begins with the first.
    ours.sort(key=lambda item: "half_a_minute" in item.name)
    step = len(others) // (len(ours) + 1) if ours else 0
    items[:] = [each for place, item in enumerate(ours)
                for each in (item, *others[place * step:(place + 1) * step])]
    items += others[len(ours) * step:]


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of a site with the demo, which the first xdist worker to want it makes for all."""
    run = tmp_path_factory.getbasetemp()
    made = (run.parent if "PYTEST_XDIST_WORKER" in os.environ else run) / "prepared"
    try:
        made.mkdir()
    except FileExistsError:
        until((made / "complete").exists, 240, "another worker loads the demo")
    else:
        Site(made / "data").prepare()
        (made / "complete").touch()
    return made / "data"


@pytest.fixture(scope="session")
def site(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site as `make run` serves it, with the demo and its worker."""
    running = Site(tmp_path_factory.mktemp("site") / "data")
    shutil.copytree(prepared, running.data)
    running.start()
    try:
        running.wait()
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def backstage(site: Site) -> Iterator[Backstage]:
    """Makes what a test needs to be there already."""
    behind = Backstage(site)
    yield behind
    behind.close()


@pytest.fixture(scope="session", autouse=True)
def told_early(backstage: Backstage) -> tuple[Held, Held]:
    """Two pieces that were decided before the first test: one was taken back, one stands.

    What is told about them leaves half a minute later; so whoever waits for it need not wait.
    """
    undone, stands = backstage.submission(), backstage.submission()
    backstage.decide(undone, "rejection")
    backstage.take_back(undone)
    backstage.decide(stands, "approval")
    return undone, stands


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium or Google's Chrome where there is one, else Playwright's own."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    as_root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        reason = ""
        try:
            browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS + as_root)
        except Error as error:
            reason = str(error).strip().splitlines()[0]
        if reason:
            pytest.fail(f"Chromium cannot be started ({reason}). `make setup` installs it.",
                        pytrace=False)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def signed_in_as(chromium: Browser, site: Site) -> Callable[[str], StorageState]:
    """The cookies of a role, from one sign-in through the real form."""
    kept: dict[str, StorageState] = {}

    def sign_in(role: str) -> StorageState:
        if role not in kept:
            with chromium.new_context(base_url=site.base, java_script_enabled=False) as context:
                page = context.new_page()
                fill_in_sign_in(page, f"{role}@lectern.example")
                kept[role] = context.storage_state()
        return kept[role]
    return sign_in


def fill_in_sign_in(page: Page, email: str) -> None:
    """Signs in by the form, as people do."""
    page.goto("/account/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    assert "/account/sign-in" not in page.url


Opening = Callable[..., tuple[Page, Watch]]


@pytest.fixture(scope="session")
def opening(chromium: Browser, site: Site, signed_in_as: Callable[[str], StorageState]) -> Opening:
    """Opens a browser with one tab, and what watches it; whoever asks closes its context."""
    def opened(role: str | None = None, *, javascript: bool = True, width: int = 1280,
               **options: Any) -> tuple[Page, Watch]:
        context = chromium.new_context(
            base_url=site.base, java_script_enabled=javascript, reduced_motion="reduce",
            viewport={"width": width, "height": 900},
            storage_state=signed_in_as(role) if role else None, **options)
        context.set_default_timeout(PATIENCE)
        watched = watch(context, site.base)
        return context.new_page(), watched
    return opened


@pytest.fixture
def tab(opening: Opening) -> Iterator[Tab]:
    """Opens browsers: `tab("editor", javascript=False, width=390)`.

    The test fails if any of them logs an error, breaks the content security policy, is answered
    with an error that `expecting` did not announce, or asks another host for anything.
    """
    contexts, watches = [], []

    def opened(role: str | None = None, **options: Any) -> Page:
        page, watched = opening(role, **options)
        contexts.append(page.context)
        watches.append(watched)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert_no_problems(watches)


def assert_no_problems(watches: list[Watch]) -> None:
    """Fails if any of them has seen what must not happen in any test."""
    problems = [problem for each in watches for problem in each.problems]
    assert not problems, "\n".join(problems)


@pytest.fixture
def page(tab: Tab) -> Page:
    """A stranger's browser with JavaScript."""
    return tab()


@pytest.fixture
def plain(tab: Tab) -> Page:
    """A stranger's browser without JavaScript."""
    return tab(javascript=False)


@pytest.fixture(params=[True, False], ids=["with-javascript", "without-javascript"])
def javascript(request: pytest.FixtureRequest) -> bool:
    """Once with JavaScript, once without."""
    return bool(request.param)
