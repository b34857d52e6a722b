"""Every save keeps what stood there before."""

from app.accounts.models import Role
from tests.making import Maker
from tests.visiting import Visitor


def test_an_earlier_version_can_be_read_and_put_back(guest: Visitor, make: Maker) -> None:
    entry_id = make.draft(make.account(Role.GUEST), "The long title").entry_id
    guest.post(f"/write/{entry_id}", {"title": "Oops", "source": "", "version": "1"})
    assert "The long title" in guest.get(f"/write/{entry_id}/versions/").words
    back = guest.post(f"/write/{entry_id}/versions/1")
    assert "The long title" in guest.follow(back).words
    assert "Oops" in guest.get(f"/write/{entry_id}/versions/").words


def test_a_piece_with_the_editors_is_not_changed_by_way_of_its_versions(guest: Visitor,
                                                                        make: Maker) -> None:
    entry_id = make.draft(make.account(Role.GUEST)).entry_id
    guest.post(f"/write/{entry_id}", {"title": "Sent", "source": "Words.", "send": "1"})
    guest.post(f"/write/{entry_id}/versions/1", status=409)


def test_a_version_that_never_was_is_not_found(guest: Visitor, make: Maker) -> None:
    entry_id = make.draft(make.account(Role.GUEST)).entry_id
    guest.post(f"/write/{entry_id}/versions/99", status=404)


def test_a_refused_sending_in_saves_nothing_over_the_piece(guest: Visitor, make: Maker) -> None:
    entry_id = make.draft(make.account(Role.GUEST), "Still here").entry_id
    answer = guest.post(f"/write/{entry_id}", {"title": "", "source": "", "send": "1"}, status=422)
    assert "needs a title and a text" in answer.text
    assert "Still here" in guest.get(f"/write/{entry_id}").words
