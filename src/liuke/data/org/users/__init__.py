"""Users of Liuke: accounts, the roles they hold, their passwords. Signing in itself is in ``session``."""
