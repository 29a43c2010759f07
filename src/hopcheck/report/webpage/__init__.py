"""The report as one HTML page that stands for itself: no network, readable without script, printable."""

from hopcheck.report.webpage.render import Pictures, webpage

__all__ = ["Pictures", "webpage"]
