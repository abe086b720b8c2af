"""``python -m byhand`` is ``byhand``."""

from byhand import _path

_path.leave()

from byhand.cli import main  # noqa: E402

if __name__ == "__main__":
    main()
