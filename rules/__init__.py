"""The rules: a folder is an item of the checklist, a file is a rule, the path is its id."""
