"""Streams depend on their names alone."""

from collections import Counter

from gaitprep.synth.seeds import choose, stream


def test_a_stream_is_named_by_seed_and_names() -> None:
    assert stream(7, "gait", "003").random(4).tolist() == stream(7, "gait", "003").random(4).tolist()
    firsts = {
        stream(*names).random()
        for names in [
            (7, "gait", "003"),
            (8, "gait", "003"),
            (7, "gait", "004"),
            (7, "gait003"),
            (7, "gait", "0", "03"),
        ]
    }
    assert len(firsts) == 5


def test_a_stream_never_changes() -> None:
    assert stream(1, "phenotype", "indoor", "001").integers(1 << 30, size=2).tolist() == [1035099087, 683928463]


def test_choices_follow_their_weights() -> None:
    random = stream(1, "choices")
    counts = Counter(choose(random, 3, (1, 0, 3)) for _ in range(4000))
    assert counts[1] == 0
    assert 0.7 < counts[2] / 4000 < 0.8
