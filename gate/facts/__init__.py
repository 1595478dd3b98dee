"""What a file states, one kind of fact a file."""
