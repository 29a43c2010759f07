"""Facts about QEMU builds: their schema, how they are read, and what follows from them."""
