"""What hopcheck runs in processes of its own: one measurement each, told to the benchmark as JSON."""
