"""How much a scope grants: everything, the crown jewels of a provider, or more than most need."""

from dataclasses import dataclass

from gate import lazy

_WORDS = frozenset({
    "*", "all", "full", "full_access", "full-access", "fullaccess", "all_access", "root", "superuser", "everything",
    "fullscopeallowed",
})  # fmt: skip
_STAR = lazy.regex(r"[\w.-]+([.:/][\w.*-]+)*[.:/]\*|\*[.:/]\*")
_GOOGLE = "https://www.googleapis.com/auth/"

_CROWN = {
    "https://mail.google.com/": "gmail.send", "https://mail.google.com": "gmail.send", _GOOGLE + "drive": "drive.file",
    _GOOGLE + "gmail.settings.sharing": "gmail.settings.basic", _GOOGLE + "admin.directory.user": "",
    _GOOGLE + "admin.directory.group": "", _GOOGLE + "admin.directory.rolemanagement": "",
    "admin:org": "read:org", "admin:enterprise": "read:enterprise", "delete_repo": "", "site_admin": "",
    "admin:repo_hook": "write:repo_hook", "admin:org_hook": "", "admin:gpg_key": "read:gpg_key",
    "admin:public_key": "read:public_key",
    "Directory.ReadWrite.All": "User.Read", "RoleManagement.ReadWrite.Directory": "", "Mail.ReadWrite.All": "Mail.Read",
    "AppRoleAssignment.ReadWrite.All": "", "Application.ReadWrite.All": "Application.ReadWrite.OwnedBy",
    "User.ReadWrite.All": "User.Read", "Files.ReadWrite.All": "Files.ReadWrite",
    "Sites.FullControl.All": "Sites.Selected",
    "full_access_as_app": "", "Directory.AccessAsUser.All": "User.Read", "Group.ReadWrite.All": "",
    "create:client_grants": "", "update:client_grants": "",
}  # fmt: skip
"""Scopes that give an account, or an organization, away; with the narrow one that is mostly enough."""
_CROWN_SHAPES = lazy.regex(
    r"admin\.[\w.]+:write|okta\.\w+\.manage|write_all_\w+|"
    r"default_permissions\.(?:administration|members|organization_(?:administration|secrets|self_hosted_runners|hooks)):(?:write|admin)"
)
_NAMED = {
    "slack": frozenset({"admin", "client"}),
    "discord": frozenset({"administrator"}),
    "gitlab": frozenset({"sudo", "admin_mode"}),
}
_BROAD = {
    _GOOGLE + "drive.readonly": "drive.file", _GOOGLE + "calendar": "calendar.events", _GOOGLE + "contacts":
    "contacts.readonly", _GOOGLE + "gmail.modify": "gmail.labels",
}  # fmt: skip
_BROAD_SHAPES = lazy.regex(
    r"default_permissions\.(?:secrets|workflows|organization_\w+):write|[A-Z]\w+\.(Read|ReadWrite|Manage|FullControl|Create)\.All"
)
_BROAD_NAMED = {
    "github": {"repo": "public_repo", "workflow": "", "user": "read:user", "gist": ""},
    "slack": {"chat:write.public": "chat:write"},
    "stripe": {"read_write": "read_only"},
    "gitlab": {"api": "read_api"},
}
CLOUD = _GOOGLE + "cloud-platform"


@dataclass(frozen=True)
class Breadth:
    """`how` is "wildcard", "crown" or "broad"; `instead` a narrower scope, "" where none is known."""

    how: str
    instead: str = ""


def breadth(scope: str, about: str, *, oauth: bool) -> Breadth | None:
    """How wide a scope is, or None where it is narrow enough.

    Args:
        scope: One scope.
        about: The words around it, in lower case; providers are known by them.
        oauth: They speak of OAuth, so that `all` is a scope and not a word.
    """
    plain = scope.removeprefix("https://graph.microsoft.com/").removeprefix("https://graph.windows.net/")
    if oauth and (plain.lower() in _WORDS or _STAR.fullmatch(plain)):
        return Breadth("wildcard")
    if plain in _CROWN:
        return Breadth("crown", _CROWN[plain])
    if _CROWN_SHAPES.fullmatch(plain) or any(name in about and plain in scopes for name, scopes in _NAMED.items()):
        return Breadth("crown")
    if plain in _BROAD or _BROAD_SHAPES.fullmatch(plain):
        return Breadth("broad", _BROAD.get(plain, ""))
    for name, scopes in _BROAD_NAMED.items():
        if name in about and oauth and plain in scopes:
            return Breadth("broad", scopes[plain])
    return None
