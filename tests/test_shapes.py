"""The shapes in the annotations are not decoration: under test a wrong one is an error."""

import jaxtyping
import pytest
import torch

from byhand import formulas


def test_a_wrong_shape_is_refused():
    with pytest.raises(jaxtyping.TypeCheckError):
        formulas.kl_divergence(torch.ones(2, 3), torch.ones(2, 4))


def test_a_wrong_dtype_is_refused():
    with pytest.raises(jaxtyping.TypeCheckError):
        formulas.cross_entropy_with_logits(torch.ones(2, 3), torch.ones(2))
