"""Editions as data: one TOML file for each edition of a federation's rules (decision 7).

A file is loaded once under its key and never changed. To change what counts, ship a new file with
a later `valid_from` and `supersedes`: the old edition ends on that day, and what was frozen under
it stays. Where days from then on are frozen already the file is refused; one that says
`if_frozen = "keep"` is left out there, and the old edition stays in force. Every refusal names file
and line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from django.core.exceptions import ValidationError
from django.db import models, transaction

from common.errors import ActionRefused
from societies.models import Federation


class EditionFile(Protocol):
    """A checked file: what it says, its digest, and the place of a message about it."""

    @property
    def data(self) -> dict[str, Any]:
        """The parsed content: federation, key, label, source, perhaps valid_from, supersedes."""

    @property
    def digest(self) -> str:
        """SHA-256 of everything the edition is made from."""

    def at(self, message: str, table: str = "", index: int = 0, key: str = "") -> str:
        """The message with file and line."""


F = TypeVar("F", bound=EditionFile)


@dataclass(frozen=True)
class Loaded:
    """What became of one file: 已载入 / 未变 / 略过, with the reason."""

    key: str
    outcome: str


@dataclass(frozen=True)
class EditionLoader(Generic[F]):
    """The editions of one room.

    model: has federation, key, digest, valid_from, valid_to. noun: what an edition is called.
    read: parses and checks a file, raises ActionRefused. create: writes a checked one.
    frozen_since: whether something that counts from a day on is frozen already; frozen: its name.
    """

    model: type[models.Model]
    noun: str
    folder: Path
    read: Callable[[Path], F]
    create: Callable[[Federation, F], Any]
    frozen_since: Callable[[Federation, date], bool]
    frozen: str

    def load_all(self) -> list[Loaded]:
        """Load every file of the folder, in order of name, so that `b` comes before `b-2`; again is
        harmless.

        Raises ActionRefused naming file and line of everything that is wrong.
        """
        return [self.load(path) for path in sorted(self.folder.glob("*.toml"), key=_stem)]

    @transaction.atomic
    def load(self, path: Path) -> Loaded:
        """Load one file; the same file again does nothing. Raises ActionRefused."""
        file = self.read(path)
        key = file.data["key"]
        federation = Federation.objects.filter(code=file.data["federation"]).first()
        if federation is None:
            return Loaded(key, f"没有代码为 {file.data['federation']} 的科协，略过")
        rows = self.model._default_manager.filter(key=key)
        digests = rows.values_list("digest", flat=True)
        if not digests:
            if self._keeps_old(federation, file):
                begins = file.data["valid_from"]
                return Loaded(key, f"{begins} 起的{self.frozen}已定格，沿用原{self.noun}，略过")
            self._supersede(federation, file)
            self.create(federation, file)
            return Loaded(key, "已载入")
        if digests[0] != file.digest:
            message = f"{self.noun} {key} 已载入，不能修改；请用新的 key 另立一版"
            raise ActionRefused(file.at(message, key="key"))
        return Loaded(key, "未变")

    def _keeps_old(self, federation: Federation, file: F) -> bool:
        """Whether the file steps back before days that are frozen under the old edition."""
        choice, begins = file.data.get("if_frozen", "refuse"), file.data.get("valid_from")
        if choice not in ("keep", "refuse"):
            raise ActionRefused(file.at("if_frozen 须为 keep 或 refuse", key="if_frozen"))
        return choice == "keep" and type(begins) is date and self.frozen_since(federation, begins)

    def _supersede(self, federation: Federation, file: F) -> None:
        """End the edition that this one follows (D-5)."""
        if "supersedes" not in file.data:
            return
        begins = file.data.get("valid_from")
        if not isinstance(begins, date):
            raise ActionRefused(file.at(f"接替旧{self.noun}须写明 valid_from", key="supersedes"))
        if self.frozen_since(federation, begins):
            message = f"{begins} 起的{self.frozen}已定格，不能改用新{self.noun}"
            raise ActionRefused(file.at(message, key="valid_from"))
        old = file.data["supersedes"]
        rows = self.model._default_manager.filter(federation=federation, key=old)
        if not rows.update(valid_to=begins):
            message = f"没有可接替的{self.noun} {old}"
            raise ActionRefused(file.at(message, key="supersedes"))


def _stem(path: Path) -> str:
    return path.stem


def save_checked(edition: models.Model, file: EditionFile) -> None:
    """Save an edition row; what its columns refuse is told with the file's name."""
    try:
        edition.full_clean()
    except ValidationError as error:
        raise ActionRefused(file.at("；".join(error.messages))) from error
    edition.save()
