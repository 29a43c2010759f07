"""Models and changes of a project of one's own."""
