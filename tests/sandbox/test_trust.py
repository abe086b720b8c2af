"""Trusted programs are stored by their hash, if the file can be written."""

import pytest

from byhand.sandbox.trust import remember, trusted

ONE, OTHER = "ab" * 32, "cd" * 32


def test_what_is_remembered_is_trusted_and_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    assert not trusted(ONE)
    assert remember(ONE)
    assert remember(ONE.upper())
    assert trusted(ONE)
    assert trusted(ONE.upper())
    assert not trusted(OTHER)
    assert (tmp_path / "config" / "byhand" / "trusted").read_text() == ONE + "\n"
    assert remember(OTHER)
    assert trusted(ONE)
    assert trusted(OTHER)


def test_the_usual_place_is_in_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert remember(ONE)
    assert (tmp_path / ".config" / "byhand" / "trusted").exists()


def test_no_home_is_no_trouble(tmp_path, monkeypatch):
    file = tmp_path / "file"
    file.write_text("")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(file))
    assert not remember(ONE)
    assert not trusted(ONE)


@pytest.mark.parametrize("bad", ["", "ab", "x" * 64, ONE + "\n" + OTHER])
def test_only_a_hash_is_remembered(bad, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        remember(bad)
    assert not trusted(bad)
