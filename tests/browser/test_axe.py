"""Every kind of page, for everyone who may see it, narrow and wide, light and dark.

axe-core finds nothing at all, and nothing is wider than the screen.
"""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opening, Tab, assert_no_problems
from tests.browser.running import ROOT, Backstage, Held, feed, word
from tests.browser.running import address as somebody
from tests.browser.watching import Watch, expecting
from tests.feeds.feed_server import FeedServer

AXE = ROOT / "node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What a scheme changes is colours, and these two are the rules that look at any.
COLOURS = ["color-contrast", "link-in-text-block"]
# A change of scheme lets colours fade from one to the other.
RUN = """async runOnly => {
  const frame = () => new Promise(requestAnimationFrame);
  await frame();
  for (let moving; (moving = document.getAnimations()).length; await frame())
    await Promise.allSettled(moving.map(each => each.finished));
  const {violations} = await axe.run(document, {runOnly, resultTypes: ['violations']});
  return violations.map(v => `${v.id} (${v.impact}): ${v.help}\\n` + v.nodes.map(
    n => `    ${n.target} ${n.html.slice(0, 120)} ${n.any[0]?.message ?? ''}`).join('\\n'));
}"""
WIDER = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  return [...document.querySelectorAll('body *')]
    .filter(e => e.getBoundingClientRect().right > room + 0.5)
    .map(e => e.outerHTML.slice(0, 100)).slice(0, 5).concat('the page is wider than the screen');
}"""

PUBLIC = (
    "/", "/posts/", "/posts/?page=2", "/posts/who-has-the-radio", "/posts/walk-the-slip-first",
    "/posts/notes-on-a-kettle", "/episodes/", "/episodes/a-depot-at-four-in-the-morning",
    "/episodes/a-depot-at-four-in-the-morning/transcript",
    "/episodes/a-depot-at-four-in-the-morning/embed",
    "/topics/", "/topics/*", "/series/", "/series/perspectives-on-leadership",
    "/people/", "/people/helen-marsh", "/people/joseph-tamihana", "/account/sign-in",
)
STAFF = (
    ("guest", "/write/"), ("guest", "/account/"), ("guest", "/posts/who-has-the-radio"),
    ("editor", "/desk/"), ("editor", "/desk/?kind=feed-item"), ("editor", "/desk/?q=nothing"),
    ("editor", "/desk/?kind=report"), ("editor", "/desk/?kind=appeal"),
    ("editor", "/desk/log"), ("editor", "/desk/zen"), ("editor", "/desk/entries/"),
    ("editor", "/desk/entries/?state=waiting"),
    ("editor", "/desk/posts/new"), ("editor", "/desk/posts/*"), ("editor", "/desk/episodes/new"),
    ("editor", "/desk/episodes/*"), ("editor", "/desk/people/"), ("editor", "/desk/people/new"),
    ("editor", "/desk/people/*"), ("editor", "/desk/feeds/"), ("editor", "/"),
    ("editor", "/desk/feeds/*"), ("editor", "/desk/feeds/opml"),
    ("editor", "/desk/rules"), ("editor", "/desk/rules/history"),
    ("editor", "/desk/rules/entries/1"), ("editor", "/desk/rules/sanctions"),
    ("editor", "/desk/rules/sanctions/new?item=1"),
    ("admin", "/desk/accounts"), ("admin", "/account/"),
)
LISTS = {"/topics/*": "/topics/", "/desk/posts/*": "/desk/entries/?state=published",
         "/desk/episodes/*": "/desk/entries/?state=published", "/desk/people/*": "/desk/people/",
         "/desk/feeds/*": "/desk/feeds/"}


@pytest.fixture
def look(tab: Tab) -> Callable[..., Page]:
    """Opens a tab that has axe in every page."""
    def opened(role: str | None = None) -> Page:
        page = tab(role)
        page.add_init_script(path=AXE)
        return page
    return opened


@pytest.fixture(scope="session")
def left_open() -> Iterator[dict[str | None, tuple[Page, Watch]]]:
    """The tab of each role, for those who only look: what pages share comes to it once."""
    tabs: dict[str | None, tuple[Page, Watch]] = {}
    yield tabs
    for page, _watched in tabs.values():
        page.context.close()


@pytest.fixture
def glance(opening: Opening, left_open: dict[str | None, tuple[Page, Watch]],
           ) -> Iterator[Callable[..., Page]]:
    """Goes to an address that changes nothing, as somebody with this role."""
    used: list[tuple[Page, Watch]] = []

    def at(path: str, role: str | None = None) -> Page:
        if role not in left_open:
            left_open[role] = opening(role)
            left_open[role][0].add_init_script(path=AXE)
        page, watched = left_open[role]
        watched.forget()
        used.append((page, watched))
        page.set_viewport_size({"width": 1280, "height": 900})
        page.emulate_media(color_scheme="light")
        page.goto(address(page, path))
        return page

    yield at
    for page, _watched in used:
        # A desk that is left open would go on asking, and claim what is in hand.
        page.goto("about:blank")
    assert_no_problems([watched for _page, watched in used])


def findings(page: Page) -> list[str]:
    """What is wrong with a page as it stands, at each width and in each scheme."""
    found = []
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"at {width}: {each}" for each in page.evaluate(WIDER)]
        for scheme, rules in (("light", TAGS), ("dark", COLOURS)):
            page.emulate_media(color_scheme=scheme)
            found += [f"at {width}, {scheme}: {each}" for each in page.evaluate(RUN, rules)]
    return found


def assert_faultless(page: Page) -> None:
    found = findings(page)
    assert not found, f"{page.url}\n" + "\n".join(found)


def address(page: Page, path: str) -> str:
    """An address; one that ends in * is the first of its kind that its list leads to."""
    if not path.endswith("*"):
        return path
    page.goto(LISTS[path])
    link = page.locator(f'main a[href^="{path[:-1]}"]:not([href$="/new"]):not([href$=".xml"])'
                        ':not([href$="/"]):not([href*="?"])')
    return str(link.first.get_attribute("href"))


@pytest.mark.parametrize("path", PUBLIC)
def test_a_page_for_everyone_is_faultless(glance: Callable[..., Page], path: str) -> None:
    page = glance(path)
    expect(page.locator("h1")).to_have_count(1)
    assert_faultless(page)


@pytest.mark.parametrize(("role", "path"), STAFF)
def test_a_page_for_some_is_faultless(glance: Callable[..., Page], role: str,
                                      path: str) -> None:
    assert_faultless(glance(path, role))


@pytest.mark.parametrize(("role", "path", "status"), [
    (None, "/nowhere", 404), (None, "/posts/?page=-1", 404), ("guest", "/desk/", 403),
    ("editor", "/desk/items/999999", 404)])
def test_an_error_page_is_faultless(look: Callable[..., Page], role: str | None, path: str,
                                    status: int) -> None:
    page = look(role)
    with expecting(page, status):
        page.goto(path)
    assert_faultless(page)


def test_a_failed_sign_in_is_faultless(look: Callable[..., Page]) -> None:
    page = look()
    page.goto("/account/sign-in")
    with expecting(page, 422):
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_be_visible()
    assert_faultless(page)


def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.locator(f"#{name}").fill(value)


def test_commenting_is_faultless_at_every_step(look: Callable[..., Page],
                                               backstage: Backstage) -> None:
    held, page = backstage.comment(approved=True), look()
    page.goto(held.path)
    page.get_by_role("link", name=re.compile("^Reply")).click()
    expect(page.locator("#leave-a-comment-title")).to_have_text("Reply to Rita Reader")
    assert_faultless(page)
    with expecting(page, 422):
        page.get_by_role("button", name="Send comment").click()
        expect(page.locator(".error-summary")).to_be_visible()
    assert_faultless(page)
    fill(page, author_name="Rita", author_email=somebody(), body=f"No {word()}.")
    page.get_by_role("button", name="Send comment").click()
    expect(page.locator(".notice-waiting")).to_be_visible()
    assert_faultless(page)
    page.get_by_role("link", name="See where it stands").click()
    expect(page.locator("h1")).to_have_text("Your comment is waiting")
    assert_faultless(page)
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.locator("h1")).to_have_text("You have withdrawn your comment")
    assert_faultless(page)


def test_a_preview_a_nudge_and_thanks_are_faultless(look: Callable[..., Page],
                                                    backstage: Backstage) -> None:
    held, page = backstage.comment(approved=True), look()
    page.goto(held.path)
    page.get_by_role("button", name="Thank Rita Reader").click()
    expect(page.get_by_role("button", name="Take back")).to_be_visible()
    fill(page, body="> quoted\n\nNO WAY!!!\n\n```\n" + "a_long_line_of_code " * 20 + "\n```")
    page.locator(".formatting summary").click()
    expect(page.locator("#nudge")).to_contain_text("shouting")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#comment-preview pre")).to_be_visible()
    assert_faultless(page)


def test_the_page_of_a_comment_that_was_refused_is_faultless(look: Callable[..., Page],
                                                             backstage: Backstage) -> None:
    path, page = backstage.post(), look()
    answer = backstage.site.stranger.ask("POST", f"{path}/comments", fields={
        "author_name": "Rita", "author_email": f"{(text := word())}@reader.example",
        "body": f"See {text}."})
    backstage.decide(Held(backstage.item(text), text, path), "rejection", reason="Off topic",
                     message="Please say it under the other post.")
    page.goto(str(answer.headers["Location"]))
    expect(page.locator(".timeline")).to_contain_text("Off topic")
    assert_faultless(page)


def test_changing_and_appealing_are_faultless_at_every_step(look: Callable[..., Page],
                                                            backstage: Backstage) -> None:
    path, page, text = backstage.post(), look(), word()
    answer = backstage.site.stranger.ask("POST", f"{path}/comments", fields={
        "author_name": "Rita", "author_email": f"{text}@reader.example", "body": "A first try."})
    page.goto(str(answer.headers["Location"]))
    page.get_by_text("Change it, until").click()
    page.get_by_label("Comment").fill("")
    with expecting(page, 422):
        page.get_by_role("button", name="Send the new words").click()
        expect(page.get_by_role("alert")).to_be_visible()
    assert_faultless(page)
    page.get_by_label("Comment").fill(f"See {text}.")
    page.get_by_role("button", name="Send the new words").click()
    expect(page.locator(".timeline")).to_contain_text("Changed by you")
    backstage.decide(Held(backstage.item(text), text, path), "rejection", reason="Off topic")
    page.reload()
    page.get_by_label("What should we look at again?").fill(f"About {text}.")
    page.get_by_role("button", name="Send the appeal").click()
    expect(page.locator("h1")).to_have_text("Your appeal is waiting")
    assert_faultless(page)
    desk = look("editor")
    desk.goto(f"/desk/?q={text}")
    expect(desk.locator(".desk-item")).to_contain_text("The appeal:")
    desk.keyboard.press("a")
    expect(desk.locator(".toast")).to_contain_text("Approved")
    page.reload()
    expect(page.locator("h1")).to_have_text("Your comment is published")
    assert_faultless(page)


def test_reporting_is_faultless_at_every_step(look: Callable[..., Page],
                                              backstage: Backstage) -> None:
    held, page = backstage.comment(approved=True), look()
    page.goto(f"/comments/{backstage.comment_id(held)}/report")
    assert_faultless(page)
    with expecting(page, 422):
        page.get_by_role("button", name="Send the report").click()
        expect(page.get_by_role("alert")).to_be_visible()
    assert_faultless(page)
    page.get_by_label("What is wrong with it?").select_option("It is advertising")
    page.get_by_role("button", name="Send the report").click()
    expect(page.locator("h1")).to_have_text("Thank you")
    assert_faultless(page)
    desk = look("editor")
    desk.goto(f"/desk/?q={held.word}")
    expect(desk.locator(".desk-item")).to_contain_text("A reader reported it: it is advertising.")
    assert_faultless(desk)


def test_a_comment_form_that_came_back_whole_is_faultless(look: Callable[..., Page],
                                                          backstage: Backstage) -> None:
    page = look()
    page.route("**/htmx.min.js", lambda route: route.fulfill(
        body="", content_type="text/javascript"))
    page.goto(backstage.post())
    with expecting(page, 422):
        page.get_by_role("button", name="Send comment").click()
        expect(page.locator("h1")).to_have_text("Your comment")
    assert_faultless(page)


def test_a_piece_is_faultless_in_every_state(look: Callable[..., Page],
                                             backstage: Backstage) -> None:
    page, text = look("guest"), word()
    address = backstage.piece(f"About {text}", "## A heading\n\n> A *quote*\n>\n> — Ada")
    page.goto(address)
    page.locator("details.reasons summary").click()
    assert_faultless(page)
    backstage.messenger("guest").post(address, title=f"About {text}", source="Other words.",
                                      version="1")
    with expecting(page, 409):
        page.get_by_role("button", name="Save").click()
        expect(page.locator("h1")).to_contain_text("two versions")
    assert_faultless(page)
    page.get_by_role("button", name="Keep this one").click()
    page.get_by_role("button", name="Send in").click()
    expect(page.locator("#piece-status")).to_be_visible()
    assert_faultless(page)
    held = Held(backstage.item(text), text, "")
    backstage.decide(held, "return", reason="Hard to understand", message="Who is Ada?")
    page.reload()
    expect(page.locator("#answer")).to_be_visible()
    assert_faultless(page)


def test_a_piece_that_cannot_go_in_is_faultless(look: Callable[..., Page]) -> None:
    page = look("guest")
    page.goto("/write/")
    page.get_by_role("button", name="Begin a new piece").click()
    with expecting(page, 422):
        page.get_by_role("button", name="Send in").click()
        expect(page.locator(".error-summary")).to_be_visible()
    assert_faultless(page)


def test_a_card_of_each_kind_is_faultless_with_its_reasons_open(
        look: Callable[..., Page], backstage: Backstage, feed_server: FeedServer) -> None:
    page = look("editor")
    for held in (backstage.comment(), backstage.submission(), backstage.feed_item(feed_server)):
        page.goto(f"/desk/items/{held.item}")
        for details in page.locator("details").all():
            details.evaluate("details => { details.open = true }")
        page.keyboard.press("c")
        expect(page.locator(".claimed")).to_be_visible()
        assert_faultless(page)


def few(page: Page, held: Held) -> None:
    """Opens the desk with the comments under one post; all that waits is a page of STAFF."""
    page.goto(f"/desk/items/{held.item}")
    page.goto(str(page.locator('main a[href*="entry="]').first.get_attribute("href")))
    expect(page.locator(".desk-item")).to_have_count(2)


def test_the_desk_is_faultless_after_a_decision_and_before_the_help(
        look: Callable[..., Page], backstage: Backstage) -> None:
    held, page = backstage.comment(), look("editor")
    backstage.comment(held.path)
    few(page, held)
    page.locator(f"#item-{held.item}").get_by_role("button", name="Reject").click()
    expect(page.locator("#toasts button")).to_be_visible()
    assert_faultless(page)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert_faultless(page)
    page.goto(f"/desk/items/{held.item}")
    assert_faultless(page)


def test_being_too_late_is_faultless(look: Callable[..., Page], backstage: Backstage) -> None:
    held, page = backstage.comment(), look("editor")
    backstage.comment(held.path)
    few(page, held)
    backstage.decide(held, "approval")
    with expecting(page, 409):
        page.locator(f"#item-{held.item}").get_by_role("button", name="Spam").click()
        expect(page.locator("#toasts")).to_contain_text("Somebody was faster")
    assert_faultless(page)


@pytest.mark.parametrize(("path", "button"), [
    ("/desk/posts/new", "Publish"), ("/desk/episodes/new", "Publish"),
    ("/desk/people/new", "Save"), ("/desk/feeds/", "Add and ask it now")])
def test_a_form_of_the_desk_with_mistakes_is_faultless(look: Callable[..., Page], path: str,
                                                       button: str) -> None:
    page = look("editor")
    page.goto(path)
    with expecting(page, 422):
        page.get_by_role("button", name=button).click()
        expect(page.locator(".error-summary")).to_be_visible()
    assert_faultless(page)


def test_a_look_at_a_feed_and_at_a_list_is_faultless(look: Callable[..., Page],
                                                     feed_server: FeedServer) -> None:
    page = look("editor")
    page.goto("/desk/feeds/")
    fill(page, url=feed_server.serve(feed(feed_server.url("/"), ["Bread", "Salt"])))
    page.get_by_role("button", name="Look at it").click()
    expect(page.locator(".feed-sample .way-excerpt")).to_have_count(2)
    assert_faultless(page)
    page.goto("/desk/feeds/opml")
    outline = "<opml><body><outline text='A' xmlUrl='https://a.example/'/></body></opml>"
    page.locator("#file").set_input_files(
        {"name": "a.opml", "mimeType": "text/xml", "buffer": outline.encode()})
    page.get_by_role("button", name="See what it would do").click()
    expect(page.locator(".feed-plan > li")).to_have_count(1)
    assert_faultless(page)
