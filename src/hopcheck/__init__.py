"""Is this live-migration compatibility change safe for every chain of migrations?"""

__version__ = "0.1.0"
