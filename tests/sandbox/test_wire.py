"""The wire carries numbers and short tables, and checks everything."""

import struct

import pytest

from byhand.sandbox import Array
from byhand.sandbox.wire import HEAD, PAYLOAD, REPLY_HEADER, REPLY_KEYS, REQUEST_HEADER, BadFrame, clean, lengths, pack
from byhand.sandbox.wire import parse as read

NONCE = bytes(range(16))


def parse(text):
    return read(text, REPLY_KEYS)


def test_a_frame_goes_there_and_back():
    frame = pack({"ok": True, "shape": [2]}, b"payload", NONCE, REPLY_HEADER)
    header, payload, nonce = lengths(frame[: HEAD.size], REPLY_HEADER)
    assert nonce == NONCE
    assert parse(frame[HEAD.size : HEAD.size + header]) == {"ok": True, "shape": [2]}
    assert frame[HEAD.size + header :] == b"payload"
    assert payload == 7


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b'{"ok":true,"ok":true}', "twice"),
        (b'{"ok":true,"seconds":NaN}', "NaN"),
        (b'{"ok":true,"seconds":-Infinity}', "Infinity"),
        (b'{"ok":true,"verdict":"right"}', "unknown key 'verdict'"),
        (b'{"ok":1}', "whose ok is a int"),
        (b'{"depth":true}', "whose depth is a bool"),
        (b'{"ptr":"0"}', "whose ptr is a str"),
        (b"[1]", "not a table"),
        (b"{", "not JSON"),
        (b'"\xff"', "not JSON"),
        (b'{"names":' + b"[" * 7000 + b"]" * 7000 + b"}", "not JSON"),
        (b'{"depth":' + b"9" * 5000 + b"}", "not JSON"),
    ],
)
def test_headers_that_are_none(text, why):
    with pytest.raises(BadFrame, match=why):
        parse(text)


def test_lengths_are_believed_within_limits():
    for header, payload in ((REPLY_HEADER + 1, 0), (2, PAYLOAD + 1), (2, 4 << 30)):
        with pytest.raises(BadFrame, match="claims"):
            lengths(HEAD.pack(b"BYH1", header, payload, NONCE), REPLY_HEADER)
    with pytest.raises(BadFrame, match="no frame"):
        lengths(HEAD.pack(b"BYH2", 2, 0, NONCE), REPLY_HEADER)


def test_what_is_too_long_is_not_sent():
    with pytest.raises(BadFrame, match="header of"):
        pack({"file": "x" * REQUEST_HEADER}, b"", NONCE, REQUEST_HEADER)
    with pytest.raises(BadFrame, match="payload of"):
        pack({}, bytes(PAYLOAD + 1), NONCE, REQUEST_HEADER)
    with pytest.raises(ValueError, match="JSON"):
        pack({"seconds": float("nan")}, b"", NONCE, REPLY_HEADER)


def test_an_array_has_as_many_bytes_as_its_shape_demands():
    assert Array("f8", (2, 1), bytes(16)).shape == (2, 1)
    assert Array("b1", (), b"\1").data == b"\1"
    assert Array("f4", (0, 3), b"").data == b""
    for dtype, shape, data in (
        ("f8", (2,), bytes(15)),
        ("f2", (2,), bytes(4)),
        ("O", (1,), bytes(8)),
        ("f8", (2**40,), b""),
        ("f8", (-1, -1), bytes(8)),
        ("f8", (True,), bytes(8)),
        ("f8", (1,) * 17, bytes(8)),
    ):
        with pytest.raises(BadFrame):
            Array(dtype, shape, data)
    for header in ({}, {"dtype": "f8"}, {"dtype": 8, "shape": []}, {"dtype": "f8", "shape": 2}):
        with pytest.raises(BadFrame, match="without an array"):
            Array.of(header, struct.pack("<d", 1.0))


def test_what_acts_on_a_terminal_is_dropped():
    assert clean("\x1b]52;c;eA==\x07 a\x9b31m\u202e\u200f\r\nb\tc \u53f3 \U0001f600\ud800") == (
        "]52;c;eA== a31m\nb\tc \u53f3 \U0001f600"
    )
    assert clean({"\x1ba": ["\x00b", 1, None]}) == {"a": ["b", 1, None]}
