"""The sum behind the comment form: no click, no delay for whoever writes, never in the way."""

from urllib.parse import parse_qs

from playwright.sync_api import Locator, Page, Request, Route, expect

from tests.browser.conftest import Tab
from tests.browser.running import Backstage, until, word
from tests.browser.test_reader_comments import write as write_as_rita
from tests.browser.watching import expecting

CHALLENGE = "**/_/challenge"


def write(page: Page, body: str, **kwargs: str) -> Locator:
    """Fills in the form as somebody new, for one person may send twenty comments in ten minutes."""
    button = write_as_rita(page, body, **kwargs)
    page.locator("#comment-form").get_by_label("E-mail").fill(f"{word()}@reader.example")
    return button


def sent(page: Page) -> list[str]:
    """The answers that go out with comments from now on."""
    answers: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/comments"):
            answers.append(parse_qs(request.post_data or "", keep_blank_values=True)["altcha"][0])

    page.on("request", note)
    return answers


def asked(page: Page) -> list[str]:
    """The challenges that are fetched from now on."""
    addresses: list[str] = []
    page.on("request", lambda each: addresses.append(each.url)
            if each.url.endswith("/_/challenge") else None)
    return addresses


def test_the_sum_is_done_while_somebody_writes(page: Page, backstage: Backstage) -> None:
    challenges, answers = asked(page), sent(page)
    page.goto(backstage.post())
    page.wait_for_load_state("networkidle")
    assert challenges == []
    page.locator("#comment-form").get_by_label("Name").focus()
    field = page.locator("input[name='altcha']")
    until(field.input_value, 10, "the sum is done")
    write(page, f"About {word()}.").click()
    expect(page.locator("main").get_by_text("waiting for review")).to_be_visible()
    assert (len(challenges), [bool(each) for each in answers]) == (1, [True])


def test_whoever_is_faster_than_the_sum_sees_that_it_takes_a_moment(
        page: Page, backstage: Backstage) -> None:
    answers, held = sent(page), list[Route]()
    page.route(CHALLENGE, lambda route: held.append(route))
    page.goto(backstage.post())
    button = write(page, f"Quickly: {word()}.")
    button.click()
    expect(page.get_by_role("button", name="One moment…")).to_be_visible()
    assert answers == []
    held[0].continue_()
    expect(page.locator("main").get_by_text("waiting for review")).to_be_visible()
    assert [bool(each) for each in answers] == [True]


def test_an_impatient_second_press_sends_nothing_twice(page: Page, backstage: Backstage) -> None:
    answers, held = sent(page), list[Route]()
    page.route(CHALLENGE, lambda route: held.append(route))
    page.goto(backstage.post())
    write(page, f"Twice: {word()}.").click()
    page.get_by_role("button", name="One moment…").click()
    held[0].continue_()
    expect(page.locator("main").get_by_text("waiting for review")).to_be_visible()
    assert len(answers) == 1


def test_a_form_that_came_back_gets_a_sum_of_its_own(page: Page, backstage: Backstage) -> None:
    answers = sent(page)
    page.goto(backstage.post())
    with expecting(page, 422):
        write(page, f"Twice: {word()}.", name="").click()
        expect(page.locator(".error-summary")).to_be_visible()
    write(page, f"Twice: {word()}.").click()
    expect(page.locator("main").get_by_text("waiting for review")).to_be_visible()
    assert all(answers)
    assert len(set(answers)) == 2


def test_where_no_sum_can_be_had_the_comment_goes_out_without(page: Page,
                                                              backstage: Backstage) -> None:
    answers = sent(page)
    page.route(CHALLENGE, lambda route: route.fulfill(body="no JSON at all"))
    page.goto(backstage.post())
    write(page, f"Anyway: {word()}.").click()
    expect(page.locator("main").get_by_text("waiting for review")).to_be_visible()
    assert answers == [""]


def test_the_hidden_field_is_not_reached_by_tab(tab: Tab, backstage: Backstage,
                                                javascript: bool) -> None:
    reader = tab(javascript=javascript)
    reader.goto(backstage.post())
    form = reader.locator("#comment-form")
    form.get_by_label("Name").focus()
    reader.keyboard.press("Shift+Tab")
    assert reader.locator("[name='subject']:focus").count() == 0
    expect(reader.locator("[name='subject']")).not_to_be_in_viewport(ratio=0.5)
