"""产品货架 · what the bank sells, on which terms, and what falls due when.

Answers: which deposits, wealth products, funds, insurance, loans, cards and precious metal are on the shelf; their risk
(R1–R5), term, rate or benchmark, smallest amount, sale window; which products mature in the coming months.

Reads: the canonical table ``product``, given by the sources through ``replace``.

Emits: ``product.replaced``.

Does not: know who holds what (profile does), or decide who may buy what (suitability does).
"""

from liuke.data.products.model import Product, ProductFilter, ProductKind, ProductRisk, Status, UnknownProduct
from liuke.data.products.service import by_numbers, find, maturities, read, replace
from liuke.data.products.store import stamp as stamp
from liuke.data.products.store import was as was

__all__ = [
    "Product",
    "ProductFilter",
    "ProductKind",
    "ProductRisk",
    "Status",
    "UnknownProduct",
    "by_numbers",
    "find",
    "maturities",
    "read",
    "replace",
]
