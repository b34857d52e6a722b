"""Questions to the database: which address is free."""


import pytest

from app.database import free
from app.people.models import Person
from tests.conftest import NOON
from tests.making import Maker


@pytest.mark.parametrize(("taken", "given"), [
    ([], "ada"),
    (["ada"], "ada-2"),
    (["ada", "ada-2", "ada-4"], "ada-3"),
    (["ada-2"], "ada"),
    (["ada-lovelace"], "ada"),
])
def test_the_first_free_address_is_given(make: Maker, taken: list[str], given: str) -> None:
    for slug in taken:
        make.session.add(Person(slug=slug, name=slug, created_at=NOON))
    make.session.commit()
    assert free(make.session, Person.slug, "ada") == given


def test_signs_of_a_pattern_in_an_address_mean_themselves(make: Maker) -> None:
    make.session.add(Person(slug="a_b", name="a_b", created_at=NOON))
    make.session.commit()
    assert free(make.session, Person.slug, "a%") == "a%"
