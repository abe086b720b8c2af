"""scikit-learn's own tests of its ranking metrics, run on ours."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

SUITES = {
    "test_ranking": ("roc or auc", 0),
    "test_common": ("roc", 2),  # infinite scores have a place in an order; scikit-learn refuses them
}
"""Which tests of a file are run, and how many differ on purpose."""

OPTIONS = ["-q", "-W", "ignore", "-o", "addopts=", "-o", "filterwarnings=", "-p", "no:cacheprovider", "-p", "no:xdist"]


@pytest.mark.parametrize("suite", SUITES)
def test_a_suite(suite, tmp_path):
    names, differ = SUITES[suite]
    plugin = ["-p", "ours_in_sklearn", "--rootdir", str(tmp_path)]
    code = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import pytest; sys.exit(pytest.main())"
    given = [*OPTIONS, *plugin, "--pyargs", f"sklearn.metrics.tests.{suite}", "-k", names]
    done = subprocess.run([sys.executable, "-c", code, *given], cwd=tmp_path, capture_output=True, text=True)
    failed = re.findall(r"^FAILED .*", done.stdout, re.MULTILINE)
    assert len(failed) == differ, done.stdout
    assert all("test_continuous_inf_nan_input" in line for line in failed), done.stdout
    assert int(re.search(r"(\d+) passed", done.stdout)[1]) > 50
