"""Every system that the tutorial on language models for recommendation names, and what of it runs here.

Rows are data (the YAML files); `registry` reads them, `checks` holds those that run against the code,
`figures` looks figures up in stored results, `page` makes docs/systems.md of all of it.
"""
