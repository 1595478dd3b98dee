"""Which typed parameters, and which fields of models, may hold any text an outsider writes."""

from gate import lazy
from gate.facts import sources
from gate.facts.program import Program
from gate.facts.summary import Class, Param
from gate.facts.value import KEYS

_WRAPPERS = lazy.regex(
    r"(?:builtins\.(?:list|dict|tuple|set|frozenset)|typing\.(?:Optional|Union|List|Dict|Annotated|Sequence|Tuple|Set|Iterable)|types\.NoneType)$"
)
_PLAIN_WRAPPERS = lazy.regex(
    r"(?:builtins\.(?:list|tuple|set|frozenset)|typing\.(?:Optional|Union|List|Annotated|Sequence|Tuple|Set)|types\.NoneType)$"
)
_TEXTS = frozenset({"builtins.str", "builtins.bytes", "typing.Text", "pydantic.StrictStr", "pydantic.constr"})
_MODELS = lazy.regex(
    r"(?:pydantic(?:\.\w+)*\.BaseModel|sqlmodel\.(?:\w+\.)*SQLModel|msgspec\.Struct|ninja\.(?:\w+\.)*(?:Model)?Schema|typing\.(?:TypedDict|NamedTuple)|typing_extensions\.TypedDict|pydantic\.[\w.]+Model|strawberry\.\w+)$"
)
_VALIDATES = lazy.regex(r"(?:^|\.)(?:field_validator|validator)$")
_ENUMS = lazy.regex(r"enum\.\w+$|.*\.(?:TextChoices|IntegerChoices|StrEnum)$")


def is_free_text(program: Program, param: Param, field: str, depth: int = 0) -> bool:
    """Whether a typed parameter, or one field of it, can hold any text."""
    told = program.project.alias(param.default) if param.default else None
    if told is not None and (told.depends or told.pattern):
        return False
    return not (param.depends or param.pattern) and _is_free(program, param.annotation, field, depth)


def _is_free(program: Program, annotation: frozenset[str], field: str, depth: int) -> bool:
    content = [name for name in annotation if not _WRAPPERS.match(name)]
    if any(name.endswith(".Literal") for name in annotation):
        return False
    if not content:
        return True
    return any(may_hold(program, name, field, depth) for name in content)


def may_hold(program: Program, name: str, field: str, depth: int) -> bool:
    """Whether a field of what this type describes can hold free text."""
    if sources.closed(name):
        return False
    if sources.opened(name):
        return True
    kind = program.project.class_named(name)
    if alias := program.project.alias(name):
        return depth < 4 and is_free_text(program, alias, field, depth + 1)
    if kind is None:
        aliases = [target for target in program.project.targets(name) if isinstance(target, str) and target != name]
        return any(sources.opened(alias) for alias in aliases)
    bases = program.project.ancestors(kind.name)
    if any(_ENUMS.match(base) for base in bases) or not (kind.fields or any(_MODELS.match(base) for base in bases)):
        return False
    if field == KEYS:
        return False
    typed = _field_type(program, kind, field)
    if field and _is_settled(program, kind.name, field):
        return False
    return typed is None or (depth < 4 and _is_free(program, typed, "", depth + 1))


def is_plain(program: Program, param: Param, field: str) -> bool:
    """Whether a framework that goes by types lets nothing but text and numbers into a parameter, or a field of its model."""
    if not field:
        return _all_plain(param.annotation)
    content = [name for name in param.annotation if not _PLAIN_WRAPPERS.match(name)]
    kinds = [program.project.class_named(name) for name in content]
    return bool(kinds) and all(
        kind is not None
        and any(_MODELS.match(base) for base in program.project.ancestors(kind.name))
        and _all_plain(_field_type(program, kind, field) or frozenset())
        for kind in kinds
    )


def _all_plain(annotation: frozenset[str]) -> bool:
    content = [name for name in annotation if not _PLAIN_WRAPPERS.match(name)]
    return bool(content) and all(name in _TEXTS or sources.closed(name) for name in content)


def _is_settled(program: Program, owner: str, field: str) -> bool:
    """Whether a model of pydantic takes nothing but what is known for a field, as a validator of its own says."""
    for function in program.project.methods(owner):
        asked = any(_VALIDATES.search(one.name) and one.text == field for one in function.decorators)
        if asked and any(not left.always for left in function.judged.values()):
            return True
    return False


def _field_type(program: Program, kind: Class, field: str) -> frozenset[str] | None:
    for name in (kind.name, *program.project.ancestors(kind.name)):
        owner = program.project.class_named(name)
        if owner and field in owner.fields:
            return owner.types.get(field, frozenset())
    return None
