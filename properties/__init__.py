"""What must hold of a model, the provers that show it, and the verdicts they return."""
