"""From what the engine returns to a report."""
