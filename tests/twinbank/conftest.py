"""One small bank for all tests of this folder."""

from pathlib import Path

import pytest

import twinbank


@pytest.fixture(scope="session")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bank of 600 customers and four months."""
    out = tmp_path_factory.mktemp("twin")
    twinbank.make(out, customers=600, months=4, seed=11)
    return out
