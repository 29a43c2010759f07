"""The engines joined: what is exhausted is also proved, what is found is replayed, and all of it is told as events."""
