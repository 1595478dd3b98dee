"""The shape of `gate.toml`, strict: an unknown key is an error, since a misspelt one protects nobody."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from gate.rule import Severity

Action = Literal["block", "warn", "note", "off"]
Said = Annotated[str, Field(min_length=1)]
Module = Annotated[str, Field(pattern=r"^[@\w][\w./@-]*$")]
"""A module as an import names it: `app.db`, `@prisma/client`."""
Level = Annotated[Severity, Field(strict=False)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Paths(_Strict):
    ignore: list[Said] = []
    relaxed: list[Said] = []


class Tenancy(_Strict):
    columns: list[Said] = []


class Wrapper(_Strict):
    use: Module
    instead_of: Annotated[list[Module], Field(min_length=1)]
    allow: list[Said] = []


Address = Annotated[str, Field(pattern=r"^(https?://\S+)?$")]
Days = Annotated[int, Field(ge=0, le=3650)]


class Dependencies(_Strict):
    lookup: bool = False
    index: Address = ""
    npm_registry: Address = ""
    private: list[Said] = []
    private_index: Address = ""
    young_name_days: Days = 30
    young_release_days: Days = 3
    index_hosts: list[Said] = []


class Attest(_Strict):
    items: list[Said] = []
    ticket: str = ""


class Authorship(_Strict):
    strict: Literal["none", "declared", "all"] = "none"
    block: list[Level] = [Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM]
    warn: list[Level] = [Severity.LOW]


class Waiver(_Strict):
    rule: Said
    path: Said
    fingerprint: Said
    reason: Said
    approver: Said
    expires: date


class PolicyFile(_Strict):
    block: list[Level] = [Severity.CRITICAL, Severity.HIGH]
    warn: list[Level] = [Severity.MEDIUM]
    allow_incomplete: bool = False
    rules: dict[str, Action] = {}
    paths: Paths = Paths()
    tenancy: Tenancy = Tenancy()
    wrappers: list[Wrapper] = []
    dependencies: Dependencies = Dependencies()
    attest: Attest = Attest()
    authorship: Authorship = Authorship()
    waivers: list[Waiver] = []
