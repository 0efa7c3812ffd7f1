"""predial: the pre-validator and normaliser for voice-campaign call jobs."""

from predial._core import __version__

__all__ = ["__version__"]
