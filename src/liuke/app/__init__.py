"""The application: HTTP server, worker, command line, and the wiring that brings the capabilities together."""
