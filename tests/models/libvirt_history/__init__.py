"""The published cases of libvirt's history, encoded as settings of the models."""
