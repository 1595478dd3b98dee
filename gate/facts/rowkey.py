"""Look-ups of one row by its key: `session.get(Order, key)`."""

import ast

from gate.facts.bindings import last_name
from gate.facts.chains import Step


def by_key(call: ast.Call, key: ast.expr) -> Step:
    """`get(Order, key)` said as `get(id=key)`; of a key of several columns, each by the name it is handed under."""
    match key:
        case ast.Dict(keys=names, values=values):
            named = [
                (name.value, one) for name, one in zip(names, values, strict=True) if isinstance(name, ast.Constant)
            ]
        case ast.Tuple(elts=values):
            named = [(last_name(one), one) for one in values]
        case _:
            named = []
    parts = [ast.keyword(arg=str(name), value=one) for name, one in named if name] or [ast.keyword(arg="id", value=key)]
    return Step("get", ast.Call(func=call.func, args=[], keywords=parts))
