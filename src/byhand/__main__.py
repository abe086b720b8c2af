"""Makes ``python -m byhand`` run the command ``byhand``."""

from byhand import _path

_path.remove_judged_folders()

from byhand.cli import main  # noqa: E402

if __name__ == "__main__":
    main()
