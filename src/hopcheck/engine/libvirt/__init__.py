"""The models of libvirt's side, and questions about them."""
