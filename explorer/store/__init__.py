"""What a search holds: the log of the states, and the visited set that knows them again."""
