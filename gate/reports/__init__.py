"""How a review is shown, one format a file: `render(review) -> str`."""
