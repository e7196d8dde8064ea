from __future__ import annotations

import numpy as np
import pytest
from numcodecs import blosc

from gaitprep.store.bits import compress_bits, expand_bits
from gaitprep.store.decoded import Bits, Decoded, Whole

SIZE = 10 * 64 * 44


def outlines(seed: int = 0) -> np.ndarray:
    blobs = np.random.default_rng(seed).random(SIZE // 16) > 0.5
    return np.repeat(np.where(blobs, 255, 0).astype(np.uint8), 16)


def content(chunk: Decoded, first: int = 0, last: int = SIZE) -> np.ndarray:
    out = np.full(last - first, 77, np.uint8)
    chunk.copy(first, last, out)
    return out


def test_two_values_are_kept_as_bits_and_any_part_comes_back() -> None:
    values = outlines()
    chunk = expand_bits(compress_bits(values), SIZE)
    assert isinstance(chunk, Bits)
    assert chunk.nbytes == SIZE // 8
    for first, last in ((0, SIZE), (8, 16), (64 * 44, 3 * 64 * 44), (SIZE - 8, SIZE)):
        np.testing.assert_array_equal(content(chunk, first, last), values[first:last])


@pytest.mark.parametrize("byte", [1, 127, 128, 254])
@pytest.mark.parametrize("place", [0, 5, SIZE // 2, SIZE - 1])
def test_one_grey_byte_is_enough_to_keep_all_bytes(place: int, byte: int) -> None:
    values = outlines()
    values[place] = byte
    chunk = expand_bits(compress_bits(values), SIZE)
    assert isinstance(chunk, Whole)
    np.testing.assert_array_equal(content(chunk), values)


@pytest.mark.parametrize("cname", [b"zstd", b"lz4", b"blosclz"])
@pytest.mark.parametrize("block", [0, 64 * 44, 3 * 64 * 44, 1000, SIZE])
def test_blocks_of_other_writers_are_read_as_well(cname: bytes, block: int) -> None:
    values = outlines()
    data = np.frombuffer(blosc.compress(values, cname, 5, blosc.BITSHUFFLE, block), np.uint8)
    np.testing.assert_array_equal(content(expand_bits(data, SIZE)), values)


def test_what_cannot_be_compressed_is_stored_and_read_as_it_is() -> None:
    values = np.random.default_rng(0).integers(0, 256, SIZE, dtype=np.uint8)
    data = compress_bits(values)
    assert len(data) > SIZE
    np.testing.assert_array_equal(content(expand_bits(data, SIZE)), values)


def test_the_stored_bytes_are_not_changed_by_reading() -> None:
    data = compress_bits(outlines())
    before = data.copy()
    expand_bits(data, SIZE)
    np.testing.assert_array_equal(data, before)


def test_what_holds_another_number_of_bytes_is_refused() -> None:
    data = compress_bits(outlines())
    for wrong, size in ((data, SIZE - 8), (data[:-1], SIZE), (data[:7], SIZE), (data[:0], SIZE)):
        with pytest.raises(ValueError, match="a chunk"):
            expand_bits(wrong, size)


def test_a_chunk_that_cannot_be_decompressed_says_so() -> None:
    data = compress_bits(outlines()).copy()
    data[20:60] ^= 255
    with pytest.raises(ValueError, match="cannot be decompressed"):
        expand_bits(data, SIZE)
