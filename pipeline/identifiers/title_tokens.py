"""Titles, each of them one token: what a small model from scratch can copy from its prompt in one step."""

from dataclasses import replace

from pipeline.identifiers import titles
from pipeline.identifiers.base import Identifiers, RandomStream, Sources
from pipeline.identifiers.config import IdentifiersConfig


def make(sources: Sources, settings: IdentifiersConfig, random: RandomStream) -> Identifiers:
    """Name each item by a token that spells its title, as `titles` has it: `<title_The_Net>`."""
    found = titles.make(sources, settings, random)
    symbols = [f"<title_{'_'.join(title.split())}>" for title in found.items]
    why = "each title is a token of its own, which training alone gives a meaning"
    return replace(found, items=symbols, answers=symbols, symbols=symbols, new_items=why)
