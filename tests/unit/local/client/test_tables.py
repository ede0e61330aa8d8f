"""What people read of a list: what they copy from it is whole."""

from shopbell.local.client.tables import WIDTH, table


def test_an_id_is_whole_and_what_is_beside_it_makes_room() -> None:
    named = {"id": "birthday_this_week_in_the_zone_of_the_visitor", "name": "Birthday " * 9, "sentence": "s" * 90}
    head, row = table([named], ("id", "name", "sentence")).splitlines()
    assert row.split("  ")[0] == named["id"]
    assert head.startswith("id ")
    assert len(row) <= WIDTH
    assert row.count("…") == 2


def test_what_fits_is_not_cut() -> None:
    assert table([{"id": "vip", "state": "active"}], ("id", "state")).splitlines()[1] == "vip  active"


def test_an_id_longer_than_a_line_leaves_the_others_a_few_letters() -> None:
    row = table([{"id": "x" * 120, "name": "a name of some length"}], ("id", "name")).splitlines()[1]
    assert row == "x" * 120 + "  a nam…"
