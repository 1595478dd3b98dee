"""What a setting is when nobody sets it: `os.getenv("TOKEN", "dev")`, `settings.token or "dev"`."""

import ast

from gate import lazy

_READS = lazy.regex(
    r"(?:\w+\.)*(?:getenv|environb?\.(?:get|setdefault|pop)|(?:config|conf|settings|secrets|env)\.(?:get|setdefault))"
)
"""Calls that take the key, then the value to use without it."""
_NAMED = lazy.regex(r"(?:\w+\.)*(?:env|config|conf|Config)(?:\.(?:str|bytes|get_value|get))?|(?:\w+\.)*getenv")
"""Calls that take it as `default=` (decouple, environs, django-environ, Starlette)."""
_HOLDERS = lazy.regex(r"(?:\w+\.)*(?:environb?|settings|config|conf|secrets|env)")


def fallback(node: ast.AST) -> ast.expr | None:
    """The expression a setting comes to where it is not set; None for what is no setting, or has none."""
    match node:
        case ast.Call(func=ast.Name(id="getattr"), args=[where, _, default]) if _HOLDERS.fullmatch(_dotted(where)):
            return default
        case ast.Call(func=func, args=[_, default]) if _READS.fullmatch(_dotted(func)):
            return default
        case ast.Call(func=ast.Name(id="config" | "env"), args=[_, ast.Constant(value=str()) as default]):
            return default
        case ast.Call(func=func, args=[_, *_], keywords=keywords) if _NAMED.fullmatch(_dotted(func)):
            return next((word.value for word in keywords if word.arg == "default"), None)
        case ast.BoolOp(op=ast.Or(), values=[*tried, last]) if all(map(setting, tried)):
            return last
        case ast.IfExp(body=body, orelse=other) if setting(body) is not setting(other):
            return other if setting(body) else body
    return None


def setting(node: ast.AST) -> bool:
    """Whether an expression reads the environment or the configuration."""
    match node:
        case ast.Subscript(value=where) | ast.Attribute(value=where):
            return bool(_HOLDERS.fullmatch(_dotted(where)))
        case ast.Call(func=func, args=[_, *_]):
            return bool(_READS.fullmatch(_dotted(func)) or _NAMED.fullmatch(_dotted(func)))
    return False


def key(node: ast.AST) -> str:
    """The name a setting is read by; "" where that is not written out."""
    match node:
        case ast.BoolOp(values=[first, *_]):
            return key(first)
        case ast.IfExp(body=body, orelse=other):
            return key(body) or key(other)
        case ast.Call(func=ast.Name(id="getattr"), args=[_, ast.Constant(value=str() as name), *_]):
            return name
        case ast.Call(args=[ast.Constant(value=str() as name), *_]):
            return name
        case ast.Subscript(slice=ast.Constant(value=str() as name)) | ast.Attribute(attr=name):
            return name
    return ""


def _dotted(node: ast.AST) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join(reversed([*parts, node.id])) if isinstance(node, ast.Name) else ""
