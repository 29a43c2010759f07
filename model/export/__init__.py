"""Models for other people's engines: Murphi (rumur), Promela (SPIN) and TLA+ (TLC), written from the same terms."""

from hopcheck.model.export.claim import Claim, Exported, TooLargeError
from hopcheck.model.export.murphi import murphi
from hopcheck.model.export.promela import promela
from hopcheck.model.export.tla import module_name, tla

__all__ = ["Claim", "Exported", "TooLargeError", "module_name", "murphi", "promela", "tla"]
