"""The laws of the house: the same file name in every room, a shared prefix is a folder, and imports run one way."""

import ast
from pathlib import Path

import pytest

import byhand

HOUSE = Path(byhand.__file__).parent
TESTS = Path(__file__).parent
FORMULAS = {"kl_divergence", "cross_entropy", "sgd", "momentum", "adam", "adamw", "roc_auc"}
PUBLIC = {"losses", "optim", "metrics"}

# What a room may import of byhand. `kernels` asks nobody; nothing imports upward.
MAY_IMPORT = {
    "formulas": {"_shapes", "formulas"},
    "kernels": {"_check", "kernels"},
    "losses": {"_alike", "_check", "_shapes", "formulas", "kernels", "losses"},
    "optim": {"_alike", "_check", "_shapes", "formulas", "kernels", "optim"},
    "metrics": {"_check", "_shapes", "formulas", "kernels", "metrics"},
    "mistakes": {"mistakes"},
    "sandbox": {"sandbox"},
    "judge": {"_check", "_path", "formulas", "judge", "mistakes", "sandbox"},
    "cli": {
        "__version__",
        "_check",
        "backend",
        "cli",
        "formulas",
        "judge",
        "kernels",
        "losses",
        "metrics",
        "optim",
        "sandbox",
    },
}

# Inside two rooms: folders by their height. A file may import those of its own folder and of lower ones; what stands at
# the top level of the judge is a folder of its own here, by its file's name.
JUDGE = (
    *(
        {"visible", "phrases"},
        {"model"},
        {"reading", "compare", "budget"},
        {"session"},
        {"task", "loading", "remembered"},
        {"diagnosis"},
        {"mending"},
        {"functions"},
    ),
    *({"losses", "optimizers", "ranking"}, {"tasks"}, {"judge", "reporting"}, {"confusion", "live"}),
)
NUMBA = ({"runtime"}, {"losses", "optimizers", "ranking"}, FORMULAS)
PREFIX = 3
"""Files of a folder that may begin with the same word."""


def names(room):
    """The formulas' files of a room: those that are neither private nor the room itself."""
    return {file.stem for file in (HOUSE / room).glob("*.py") if not file.stem.startswith("_")}


def imports(file):
    """The modules that a file imports, absolute, and inside functions too."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: imports are absolute"
            yield from (
                f"{node.module}.{alias.name}" if node.module == "byhand" else node.module for alias in node.names
            )


def test_the_book_has_its_seven_formulas():
    assert names("formulas") == FORMULAS


def test_a_formula_fits_on_one_screen():
    for name in FORMULAS:
        lines = (HOUSE / "formulas" / f"{name}.py").read_text().count("\n")
        assert 30 <= lines <= 90, f"{name}: {lines} lines"


def test_each_formula_is_on_one_shelf_under_its_name():
    in_public = [name for room in PUBLIC for name in names(room)]
    assert sorted(in_public) == sorted(FORMULAS - {"momentum"})  # as in torch, momentum is an option of SGD


def test_kernels_bear_names_of_formulas():
    for engine in (HOUSE / "kernels").iterdir():
        if engine.is_dir() and not engine.name.startswith("_"):
            assert names(f"kernels/{engine.name}") <= FORMULAS


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_imports_run_one_way(room):
    files = list((HOUSE / room).rglob("*.py"))
    assert files
    for file in files:
        for module in imports(file):
            parts = module.split(".")
            if parts[0] == "byhand":
                assert len(parts) > 1, f"{file} imports all of byhand"
                assert parts[1] in MAY_IMPORT[room], f"{file} imports {module}"


def test_every_room_has_rules():
    rooms = {path.name for path in HOUSE.iterdir() if path.is_dir() and not path.name.startswith("__")}
    assert rooms == set(MAY_IMPORT)


def test_tests_mirror_the_source():
    for room in sorted(PUBLIC | {"formulas"}):
        for name in names(room):
            tests = {file.stem for file in (TESTS / room).glob("test_*.py")}
            optimizers = {"sgd", "momentum", "adam", "adamw"}
            wanted = "test_optimizers" if room == "formulas" and name in optimizers else f"test_{name}"
            assert wanted in tests, f"tests/{room}/{wanted}.py is missing"


@pytest.mark.parametrize(("room", "heights"), [("judge", JUDGE), ("kernels/numba", NUMBA)])
def test_imports_inside_a_room_run_down(room, heights):
    height = {name: i for i, names in enumerate(heights) for name in names}
    files = [file for file in (HOUSE / room).rglob("*.py") if file.name != "__init__.py"]
    assert {_part(file, room) for file in files} <= set(height)
    prefix = f"byhand.{room.replace('/', '.')}."
    for file in files:
        for module in imports_of_modules(file):
            if not module.startswith(prefix):
                continue
            mine, theirs = _part(file, room), module.removeprefix(prefix).partition(".")[0]
            same_height = height[theirs] == height[mine] and theirs != mine and not {theirs, mine} <= FORMULAS
            assert height[theirs] <= height[mine], f"{file} imports {module}"
            assert not same_height, f"{file} imports {module}"


def _part(file, room):
    """The folder of a room in which a file lies; the file's own name if it lies in none."""
    return file.relative_to(HOUSE / room).parts[0].removesuffix(".py")


def imports_of_modules(file):
    """The modules that a file imports, also as ``from package import module``; those for types alone are left out."""
    tree = ast.parse(file.read_text())
    for block in ast.walk(tree):
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING":
            block.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_a_shared_prefix_is_a_folder():
    for folder in {file.parent for file in HOUSE.rglob("*.py")}:
        words = [
            file.stem.lstrip("_").partition("_")[0] for file in folder.glob("*.py") if "_" in file.stem.lstrip("_")
        ]
        common = {word for word in words if words.count(word) > PREFIX}
        assert not common, f"{folder}: {common}"


def test_a_room_of_the_judge_and_of_the_kernels_has_the_formulas_names_alone():
    assert names("judge/tasks") == FORMULAS
    assert names("kernels/numba") == FORMULAS
    assert not list((HOUSE / "kernels/numba").glob("_[a-z]*.py"))
