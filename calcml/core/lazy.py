"""What lower layers use of upper ones: functions whose modules load when first used."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TypeVar

Value = TypeVar("Value")


class Later(dict[str, Callable[..., Value]]):
    """Functions by name: Later(**{"core.build": "add mul"}).

    Where one is missing, its module is loaded.
    """

    def __init__(self, **homes: str) -> None:
        super().__init__()
        self.homes = {name: home for home in homes for name in homes[home].split()}

    def __missing__(self, name: str) -> Callable[..., Value]:
        import_module(f"calcml.{self.homes[name]}")
        return self[name]
