"""The definitions shipped with Liuke, one file a family."""
