"""The living review: the only place that speaks HTTP to GitHub."""
