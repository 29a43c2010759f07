"""The domain models: what QEMU and libvirt do around a migration, written in the project's language."""
