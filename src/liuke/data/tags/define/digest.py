"""A short name for what a tag computes, so that a stored column can be told from one computed otherwise."""

import hashlib

from liuke.data.tags.define.book import Book
from liuke.data.tags.model import Tag


def digest(tag: Tag, book: Book) -> str:
    """Equal for equal definitions, those of the tags it is computed from included; names and meanings do not count."""
    parts = [repr((tag.kind, tag.measure, tag.expression, tuple(tag.words)))]
    parts += [digest(book.entries[code].tag, book) for code in sorted(book.entries[tag.code].needs)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
