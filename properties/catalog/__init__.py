"""What must hold of each domain model, with the verdicts expected of its variants."""
