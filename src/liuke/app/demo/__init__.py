"""Two banks to try Liuke with: the twin bank that does not exist, and the real Czech bank of PKDD'99 (Berka).

Both go through the same source contracts, loads, identity resolution and profile as a bank's own data.
"""

from liuke.app.demo.build import DemoBank, OtherBank, build, built, finish
from liuke.app.demo.users import PASSWORD, Login, logins, open_accounts

__all__ = ["PASSWORD", "DemoBank", "Login", "OtherBank", "build", "built", "finish", "logins", "open_accounts"]
