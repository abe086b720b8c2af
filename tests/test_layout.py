"""The rules of the layout: the same file name in every folder, a shared prefix is a folder, imports run one way."""

import ast
from pathlib import Path

import pytest

import byhand

PACKAGE = Path(byhand.__file__).parent
TESTS = Path(__file__).parent
FORMULAS = {"kl_divergence", "cross_entropy", "sgd", "momentum", "adam", "adamw", "roc_auc"}
EVALUATION = {"average_precision", "calibration_error", "delong", "group_roc_auc"}
"""Formulas of `evaluate`: they have no kernel of their own name, no mistakes, and are not judged."""

PUBLIC = {"losses", "optim", "metrics"}

# What each folder may import of byhand; `kernels` imports none of the others.
MAY_IMPORT = {
    "formulas": {"_shapes", "formulas"},
    "kernels": {"_check", "kernels"},
    "losses": {"_alike", "_check", "_shapes", "formulas", "kernels", "losses"},
    "optim": {"_alike", "_check", "_shapes", "formulas", "kernels", "optim"},
    "evaluate": {"__version__", "_check", "evaluate", "judge", "kernels"},
    "metrics": {"_check", "_shapes", "evaluate", "formulas", "kernels", "metrics"},
    "mistakes": {"mistakes"},
    "sandbox": {"sandbox"},
    "judge": {"_check", "_path", "formulas", "judge", "mistakes", "sandbox"},
    "practice": {"judge", "practice", "sandbox"},
    "cli": {
        "__version__",
        "_check",
        "backend",
        "cli",
        "evaluate",
        "formulas",
        "judge",
        "kernels",
        "losses",
        "metrics",
        "optim",
        "practice",
        "sandbox",
    },
}

# Levels inside two folders, the lowest first. A file may import from its own subfolder and from lower levels. A file at
# the top of the judge counts as a subfolder of its name.
JUDGE = (
    *(
        {"visible", "phrases"},
        {"model"},
        {"reading", "compare", "budget"},
        {"session"},
        {"task", "loading", "remembered"},
        {"diagnosis"},
        {"mending", "prose"},
        {"functions"},
    ),
    *({"losses", "optimizers", "ranking"}, {"tasks"}, {"judge", "reporting"}, {"confusion", "live"}),
)
NUMBA = ({"runtime"}, {"losses", "optimizers", "ranking"}, {"evaluate"}, FORMULAS)
TORCH = ({"losses", "optimizers"}, FORMULAS)
PREFIX = 3
"""Files of a folder that may begin with the same word."""


def names(folder):
    """The formulas in a folder: its files, without private ones."""
    return {file.stem for file in (PACKAGE / folder).glob("*.py") if not file.stem.startswith("_")}


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


def test_there_are_seven_formulas_and_four_of_evaluation():
    assert names("formulas") == FORMULAS | EVALUATION


def test_a_formula_fits_on_one_screen():
    for name in FORMULAS | EVALUATION:
        lines = (PACKAGE / "formulas" / f"{name}.py").read_text().count("\n")
        assert 30 <= lines <= 90, f"{name}: {lines} lines"


def test_each_formula_has_one_public_file_of_its_name():
    in_public = [name for folder in PUBLIC for name in names(folder)]
    assert sorted(in_public) == sorted(
        FORMULAS - {"momentum"} | EVALUATION
    )  # as in torch, momentum is an option of SGD


def test_kernels_bear_names_of_formulas():
    for engine in (PACKAGE / "kernels").iterdir():
        if engine.is_dir() and not engine.name.startswith("_"):
            assert names(f"kernels/{engine.name}") <= FORMULAS


@pytest.mark.parametrize("folder", sorted(MAY_IMPORT))
def test_imports_run_one_way(folder):
    files = list((PACKAGE / folder).rglob("*.py"))
    assert files
    for file in files:
        for module in imports(file):
            parts = module.split(".")
            if parts[0] == "byhand":
                assert len(parts) > 1, f"{file} imports all of byhand"
                assert parts[1] in MAY_IMPORT[folder], f"{file} imports {module}"


def test_every_folder_has_rules():
    folders = {path.name for path in PACKAGE.iterdir() if path.is_dir() and not path.name.startswith("__")}
    assert folders == set(MAY_IMPORT)


def test_tests_mirror_the_source():
    for folder in sorted(PUBLIC | {"formulas"}):
        for name in names(folder):
            tests = {file.stem for file in (TESTS / folder).glob("test_*.py")}
            optimizers = {"sgd", "momentum", "adam", "adamw"}
            wanted = "test_optimizers" if folder == "formulas" and name in optimizers else f"test_{name}"
            assert wanted in tests, f"tests/{folder}/{wanted}.py is missing"


@pytest.mark.parametrize(("folder", "levels"), [("judge", JUDGE), ("kernels/numba", NUMBA), ("kernels/torch", TORCH)])
def test_imports_inside_a_folder_go_to_lower_levels(folder, levels):
    level = {name: i for i, names in enumerate(levels) for name in names}
    files = [file for file in (PACKAGE / folder).rglob("*.py") if file.name != "__init__.py"]
    assert {_part(file, folder) for file in files} <= set(level)
    prefix = f"byhand.{folder.replace('/', '.')}."
    for file in files:
        for module in imports_of_modules(file):
            if not module.startswith(prefix):
                continue
            mine, theirs = _part(file, folder), module.removeprefix(prefix).partition(".")[0]
            same_level = level[theirs] == level[mine] and theirs != mine and not {theirs, mine} <= FORMULAS
            assert level[theirs] <= level[mine], f"{file} imports {module}"
            assert not same_level, f"{file} imports {module}"


def test_states_of_evaluation_know_nothing_of_files_and_reports():
    """What people import as `byhand.evaluate` and `byhand.metrics` needs neither DuckDB nor the judge."""
    above = {"averages", "change", "engines", "evaluation", "findings", "reading", "reporting", "spark", "warmup"}
    folder = PACKAGE / "evaluate"
    assert above <= {_part(file, "evaluate") for file in folder.rglob("*.py")}
    for file in folder.rglob("*.py"):
        if _part(file, "evaluate") not in above:
            for module in imports_of_modules(file):
                assert not module.startswith("byhand.judge"), f"{file} imports {module}"
                assert module.removeprefix("byhand.evaluate.").partition(".")[0] not in above, (
                    f"{file} imports {module}"
                )


def _part(file, folder):
    """The subfolder of ``folder`` in which a file is; the file's own name if it is in none."""
    return file.relative_to(PACKAGE / folder).parts[0].removesuffix(".py")


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
    for folder in {file.parent for file in PACKAGE.rglob("*.py")}:
        words = [
            file.stem.lstrip("_").partition("_")[0] for file in folder.glob("*.py") if "_" in file.stem.lstrip("_")
        ]
        common = {word for word in words if words.count(word) > PREFIX}
        assert not common, f"{folder}: {common}"


def test_tasks_and_kernels_have_the_names_of_all_formulas():
    assert names("judge/tasks") == FORMULAS
    assert names("kernels/numba") == FORMULAS
    assert not list((PACKAGE / "kernels/numba").glob("_[a-z]*.py"))
