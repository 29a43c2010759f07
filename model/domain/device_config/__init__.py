"""The device_config model: is the guest-visible configuration the same after every chain of migrations?"""
