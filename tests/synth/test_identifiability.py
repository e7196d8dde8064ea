"""People differ more from one another than from themselves."""

from gaitprep.synth.identifiability import identifiability


def test_people_differ_more_from_one_another_than_from_themselves() -> None:
    found = identifiability(1, "indoor", 60)
    assert found.rank_1 > 0.98
    assert 0.5 < found.within < 0.7 * found.nearest_other


def test_people_who_change_too_much_are_confused() -> None:
    usual, wild = (identifiability(1, "indoor", 60, noise) for noise in (1.0, 5.0))
    assert wild.rank_1 < 0.8 * usual.rank_1
    assert wild.within > 2 * usual.within
    assert identifiability(1, "indoor", 60, 0.0).within == 0.0
