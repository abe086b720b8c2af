"""The benchmarks' output. Times are not asserted."""

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from byhand import backend
from byhand.cli import app, bench
from byhand.cli._names import BENCHMARKS

ROOT = Path(__file__).parents[2]


@pytest.fixture
def package(monkeypatch):
    """The repository's `benchmarks`, importable."""
    monkeypatch.syspath_prepend(ROOT)
    before = set(sys.modules)
    import benchmarks.__main__ as main

    yield main
    for name in set(sys.modules) - before:
        if name.split(".")[0] == "benchmarks":
            del sys.modules[name]


def invoke(*arguments):
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, ["bench", *arguments], prog_name="byhand")


def stub(monkeypatch, main, **contestants):
    """A system of one row."""
    from benchmarks._row import Faster, Row

    targets = (Faster(1e-9, ("other",)), Faster(1e9, ("other",)), Faster(2.0, ("broken",)))
    row = Row("one", "1 number", lambda: (3.0,), contestants, bytes=8, targets=targets, budget=0.01)
    monkeypatch.setattr(main, "rows_of", lambda system, options: [row])


def always(value):
    return lambda x: lambda: value


def broken(x):
    raise RuntimeError("no compiler\nand much more")


def test_a_quick_row_leaves_json_markdown_and_charts(package, tmp_path):
    assert package.main(["adamw", "--only", "adamw/mlp", "--quick", "--out", str(tmp_path)]) == 0
    found = json.loads((tmp_path / "benchmarks.json").read_text("utf-8"))
    assert set(found) >= {"date", "quick", "seconds", "machine", "versions", "limits", "busy", "rows", "errors"}
    assert set(found["machine"]) >= {"cpu", "cores", "simd", "memory_gib"}
    assert set(found["limits"]["adamw"]) == {"scale", "copy"}
    (row,) = found["rows"]
    assert (row["system"], row["key"], found["errors"]) == ("adamw", "mlp", {})
    assert set(row["contestants"]) >= {"byhand", "torch", "torch foreach", "torch fused"}
    for cell in row["contestants"].values():
        assert cell["agrees"], cell
        assert cell["quartiles"][0] <= cell["median"] <= cell["quartiles"][1]
        assert cell["ratio"] > 0
        assert cell["share_of_limit"] > 0
    assert [target["description"] for target in row["targets"]] == ["≥ 1× torch fused"]
    text = (tmp_path / "benchmarks.md").read_text("utf-8")
    assert "## AdamW" in text
    assert "A quick run" in text
    assert "<!-- bench -->" not in text  # small sizes do not go into the README
    assert (tmp_path / "benchmarks.svg").read_text("utf-8").startswith("<?xml")


def test_a_failing_contestant_says_why_and_the_run_goes_on(package, monkeypatch):
    stub(monkeypatch, package, byhand=always(1.0), broken=broken, other=always(1.0))
    from benchmarks._row import Options

    found = package.run(["adamw"], Options(quick=True), memory=False)
    (row,) = found["rows"]
    assert row["contestants"]["broken"] == {"error": "RuntimeError: no compiler"}
    assert row["contestants"]["other"]["ratio"] > 0
    assert [target["met"] for target in row["targets"]] == [True, False, None]
    from benchmarks import render

    assert "did not run: RuntimeError: no compiler" in render.page(found)
    text = render.page(found | {"quick": False})
    assert "missed by 100%" in text
    assert "not measured" in text
    assert "not quiet" in render.page(found | {"busy": {"adamw": 1.5}})
    assert "not quiet" not in render.page(found | {"busy": {"adamw": 0.1}})


def test_a_result_that_differs_is_marked(package, monkeypatch):
    stub(monkeypatch, package, byhand=always(1.0), other=always(1.1), broken=broken)
    from benchmarks import render
    from benchmarks._row import Options

    found = package.run(["adamw"], Options(quick=True), memory=False)
    assert found["rows"][0]["contestants"]["other"]["difference"] == pytest.approx(0.1)
    assert "other (differs)" in render.page(found)


def test_a_system_that_does_not_load_is_reported(package, monkeypatch):
    def rows_of(system, options):
        raise ImportError("no such peer")

    monkeypatch.setattr(package, "rows_of", rows_of)
    from benchmarks._row import Options

    found = package.run(["adam"], Options(quick=True))
    assert found["errors"] == {"adam": "ImportError: no such peer"}
    assert found["rows"] == []


def test_the_grid_has_a_cell_for_each_option_layout_and_size(package):
    """And each cell that is known to take longer has its paragraph in docs/limits.md."""
    from benchmarks._row import Options
    from benchmarks.grid import losses, optimizers, rows
    from benchmarks.grid.reasons import REASONS, reason_for

    keys = [row.key for row in rows(Options(quick=True))]
    assert len(set(keys)) == len(keys)
    cells = [key.split("/") for key in keys]
    assert {len(cell) for cell in cells} == {5}
    for work, axis, names in (
        ("cross-entropy", 1, losses.CROSS_ENTROPY),
        ("cross-entropy", 2, ("contiguous", "channels last", "transposed", "strided")),
        ("binary cross-entropy", 1, losses.BINARY),
        ("kl_div", 1, losses.KL_DIV),
        ("kl_divergence", 1, (*losses.GIVEN, "logits, temperature")),
        ("linear_cross_entropy", 1, losses.LINEAR),
        ("optimizers", 1, optimizers.OPTIMIZERS),
        ("optimizers", 2, (*optimizers.PATTERNS, "sparse gradients")),
        ("optimizers", 3, (*optimizers.layouts(Options()), "an embedding")),
    ):
        assert {cell[axis] for cell in cells if cell[0] == work} == set(names)
    for work in {cell[0] for cell in cells} - {"optimizers"}:
        assert {cell[4] for cell in cells if cell[0] == work} == {"forward", "forward + backward"}
    limits = (ROOT / "docs" / "limits.md").read_text("utf-8").replace("\n", " ")
    for pattern, words in REASONS:
        assert any(reason_for(key) == f"*{words}*" for key in keys), pattern
        assert f"*{words}" in limits, words


@pytest.mark.timeout(600)  # most of it is compiling kernels that nothing else has called yet
def test_cells_of_the_grid_run_and_agree(package, part):
    """A sample of them, in small sizes."""
    from benchmarks import _harness
    from benchmarks._row import Options
    from benchmarks.grid import rows

    for row in part(list(rows(Options(quick=True)))[3::149], 3):
        found = _harness.as_json(_harness.measure(row, Options(quick=True)), "grid", 1.0)
        for name, cell in found["contestants"].items():
            assert cell.get("agrees"), (row.key, name, cell)


def test_the_table_of_the_grid(package):
    from benchmarks import render

    def row(key, ours, *theirs):
        peers = {f"torch {i}": {"ratio": x, "agrees": True} for i, x in enumerate(theirs)}
        cells = {"byhand": {"ratio": 1.0, "agrees": True} if ours else {"error": "no"}, **peers}
        target = {"met": False, "description": "", "text": "", "missed_by": 0.5}
        return {"key": key, "title": key, "contestants": cells, "notes": [], "growth": None, "targets": [target]}

    found = [
        row("kl_div/sum/contiguous/32 × 10/forward + backward", True, 2.0, 0.5),
        row("kl_div/sum/contiguous/32 × 10/forward", True, 2.0),
        row("kl_div/log_target/strided/many/forward", True, 0.8),
        row("kl_div/log_target/strided/32 × 10/forward", False, 0.8),
    ]
    text = render.section("grid", found, quick=False)
    assert "| | 32 × 10 | many |" in text
    assert "| sum | **2.00** (0.50) |  |" in text
    assert "| log_target, strided | (–) | (**1.25**) |" in text
    assert "- kl_div, sum, contiguous, 32 × 10, forward + backward: 2.00; *Few numbers*" in text
    assert "- kl_div, log_target, strided, many, forward: 1.25; **not explained**" in text
    assert text.count("- kl_div") == 2


def test_without_a_gpu_one_sentence_says_that_none_was_measured(package, capsys, monkeypatch):
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert package.main(["gpu", "--quick"]) == 2
    assert "gpu is not measured: torch finds no CUDA device here." in capsys.readouterr().err


def test_the_rows_for_a_gpu_run(package, monkeypatch, part):
    """On the CPU, in their small sizes, by the engine that a GPU would have."""
    import torch

    from benchmarks import _harness, gpu
    from benchmarks._row import Options

    monkeypatch.setattr(gpu, "device", lambda: torch.device("cpu"))
    with backend("torch"):
        for row in part(gpu.rows(Options(quick=True)), 4):
            cells = _harness.as_json(_harness.measure(row, Options(quick=True)), "gpu", 1.0)["contestants"]
            assert cells["byhand"]["median"] > 0
            assert len(cells) >= 2
            for name, cell in cells.items():
                assert cell.get("agrees", name == "torch fused"), (row.title, name, cell)
    assert gpu.limits(quick=True)["copy on the GPU"] > 0


def test_the_headline_goes_between_its_marks_and_nowhere_else(package, monkeypatch, tmp_path):
    from benchmarks._headline import write_headline

    cells = {"byhand": {"median": 0.05, "ratio": 1.0}, "torch fused": {"median": 0.1, "ratio": 2.0}}
    row = {"system": "adamw", "key": "gpt2", "contestants": cells}
    machine = {"cpu": "a CPU", "cores": 2, "simd": "AVX512"}
    results = {"rows": [row], "machine": machine, "versions": {"torch": "2.13"}}
    (tmp_path / "README.md").write_text("a\n<!-- bench -->\nold\n<!-- /bench -->\nb\n", "utf-8")
    (tmp_path / "README.zh-CN.md").write_text("no marks\n", "utf-8")
    write_headline(results, tmp_path)
    text = (tmp_path / "README.md").read_text("utf-8")
    assert text.startswith("a\n<!-- bench -->\n| work |")
    assert text.endswith("<!-- /bench -->\nb\n")
    assert "torch fused 2.00×" in text
    assert "old" not in text
    assert (tmp_path / "README.zh-CN.md").read_text("utf-8") == "no marks\n"


def test_the_command_knows_the_systems(package):
    import benchmarks

    assert benchmarks.SYSTEMS == BENCHMARKS


def test_the_command_runs_them_and_passes_on_the_exit_code(monkeypatch):
    seen = []
    monkeypatch.setattr(bench.subprocess, "call", lambda command, env: seen.append((command, env)) or 0)
    assert invoke("adamw", "--quick", "--only", "mlp").exit_code == 0
    ((command, env),) = seen
    assert command[1:] == ["-m", "benchmarks", "adamw", "--quick", "--only", "mlp"]
    assert env["PYTHONPATH"].startswith(str(ROOT))
    monkeypatch.setattr(bench.subprocess, "call", lambda command, env: 2)
    assert invoke("adamw").exit_code == 2


def test_the_command_refuses_what_is_unknown():
    result = invoke("lion")
    assert result.exit_code == 2
    assert "`NAME` of `bench` must be one of cross_entropy" in result.stderr


def test_without_a_checkout_it_says_where_the_benchmarks_are(monkeypatch, tmp_path):
    monkeypatch.setattr(bench, "__file__", str(tmp_path / "a" / "b" / "c" / "bench.py"))
    monkeypatch.chdir(tmp_path)
    result = invoke()
    assert result.exit_code == 2
    assert result.stderr.strip() == (
        "byhand: the benchmarks are in the repository, not in the package: run `byhand bench` from a checkout."
    )
