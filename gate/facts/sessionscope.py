"""What a session tells the database of who asks: `SET app.tenant_id = ...`, `set_config('app.tenant_id', ...)`."""

from gate import lazy
from gate.facts.ddl import Ddl

_TENANT = lazy.regex(
    r"(?i).*(?:tenant|org|organi[sz]ation|workspace|account|company|team|user|customer|claims?|member)\w*"
)


def setting(ddl: Ddl) -> str:
    """The name of the setting a statement sets, lower case; "" for a statement that sets none."""
    said = [word for word in ddl.said if word not in {"local", "session"}]
    if ddl.verb == "select" and "set_config" in said:
        after = said[said.index("set_config") + 1 :]
        return after[1].strip("'").lower() if len(after) > 1 else ""
    if ddl.verb != "set" or not said:
        return ""
    return f"{said[0]}.{said[2]}" if said[1:2] == ["."] and len(said) > 2 else said[0]


def told(ddl: Ddl) -> str:
    """The setting by which a statement says which tenant asks; "" for any other."""
    name = setting(ddl)
    return name if "." in name and _TENANT.fullmatch(name.partition(".")[2]) else ""
