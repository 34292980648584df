"""Tongsuo's library, bound to itself, and the parts of it that are used.

Another library may bring a libcrypto of its own and show it to the whole process (Ladybug loads with RTLD_GLOBAL);
Tongsuo's calls would then land there and SM2 keys and signatures would be refused. Loaded so, it keeps to its own.
"""

import os
import sys

_flags = sys.getdlopenflags()
sys.setdlopenflags(os.RTLD_NOW | os.RTLD_LOCAL | os.RTLD_DEEPBIND)
try:
    import tongsuopy.backends._tongsuo  # noqa: F401  (loaded here, under these flags)
finally:
    sys.setdlopenflags(_flags)

from tongsuopy.crypto import hashes, serialization  # noqa: E402
from tongsuopy.crypto.asymciphers import ec  # noqa: E402
from tongsuopy.crypto.exceptions import InternalError, InvalidSignature, UnsupportedAlgorithm  # noqa: E402

__all__ = ["InternalError", "InvalidSignature", "UnsupportedAlgorithm", "ec", "hashes", "serialization"]
