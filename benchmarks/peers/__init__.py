"""The engines that are compared: how each is built, run and read."""
