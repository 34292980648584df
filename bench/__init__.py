"""Every promised figure has a benchmark here that prints it beside its goal."""
