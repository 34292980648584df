"""Tongsuo's library, bound to itself.

Another library may bring a libcrypto of its own and show it to the whole process (Ladybug loads with RTLD_GLOBAL);
Tongsuo's calls would then land there and SM2 keys and signatures would be refused. Loaded so, it keeps to its own.
"""

import os
import sys

_flags = sys.getdlopenflags()
sys.setdlopenflags(os.RTLD_NOW | os.RTLD_LOCAL | os.RTLD_DEEPBIND)
try:
    from tongsuopy.backends import _tongsuo as library
finally:
    sys.setdlopenflags(_flags)

__all__ = ["library"]
