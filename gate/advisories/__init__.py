"""A database of known vulnerabilities: OSV records, made into a compact index that is asked without a network.

`record` and `ranges` know the schema, `files` and `reading` take records in, `index` keeps them, `audit` asks it,
`place` says where it lies, and `fetch` brings it up to date.
"""
