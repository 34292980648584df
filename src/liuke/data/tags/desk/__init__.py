"""Where people work on tags: the catalogue, one tag, a draft tried and put into force."""
