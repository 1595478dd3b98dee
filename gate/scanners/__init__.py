"""What finds flaws, one scanner a file."""
