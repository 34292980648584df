"""What tests of clusters borrow from those of tags."""

from tests.data.tags.conftest import town

__all__ = ["town"]
