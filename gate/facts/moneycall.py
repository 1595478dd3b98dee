"""Calls that move money, and whether they may be made twice; and amounts of money that are kept in floating point."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from gate import lazy
from gate.facts.guarded import units
from gate.facts.reading import Function, Node, Reading, reading
from gate.facts.spelling import last, spelled
from gate.facts.webhook import receives
from gate.hint import Hint
from gate.nodes import walk
from gate.paths import kind
from gate.source import Place, Source

_STRIPE = lazy.regex(
    r"(?:^|\.)(?:PaymentIntent|Charge|Refund|Transfer|Payout|Invoice|InvoiceItem|Subscription|SetupIntent|checkout\.Session|Topup|CreditNote|CustomerBalanceTransaction)"
    r"\.(?:create|create_async|capture|confirm|pay)$"
    r"|(?:^|\.)(?:payment_intents|charges|refunds|transfers|payouts|invoices|subscriptions|topups|credit_notes)\.(?:create|create_async|capture|confirm|pay)$"
)
_PAYS = lazy.regex(
    r"(?:PaymentIntent|Charge|Refund|Transfer|Payout|payment_intents|charges|refunds|transfers|payouts)\.create(?:_async)?$"
)
_OTHERS = lazy.regex(
    r"(?:^|\.)(?:transaction\.(?:sale|refund|submit_for_settlement)|payments?\.(?:create_payment|refund_payment)|orders\.capture|captures\.refund|payouts\.create|refund_captured_payment"
    r"|payments_api\.payments)$"
)
_HOSTS = lazy.regex(
    r"https://api(?:-m)?\.(?:stripe|paypal|sandbox\.paypal|adyen|squareup|razorpay|mollie|gocardless|wise|dwolla)\."
)
_RETRIES = lazy.regex(
    r"(?:^|\.)(?:retry|retrying|on_exception|on_predicate|actor|autoretry|with_retry|retry_on\w*|stamina\.retry)$"
)
_TASKS = lazy.regex(r"(?:^|\.)(?:shared_task|task)$")
_KEY = lazy.regex(r"(?i)idempot|dedup|request_id|client_token")
_FRESH = lazy.regex(r"uuid[.\w]*\(|time\.time\(|random|token_hex|token_urlsafe|\bnow\(")
_ONCE = lazy.regex(r"(?i)select_for_update|get_or_create|already_\w+|ON CONFLICT|processed")
_AMOUNT = lazy.regex(
    r"(?i)^(?:\w+_)?(?:amount|price|total_price|unit_price|subtotal|balance|fee|tax_amount|refund_amount|total_amount|payout|salary|invoice_total|order_total)$"
)


@dataclass(frozen=True)
class MoneyCall:
    """A call that moves money where it may be made again. `key` says what is wrong with its key: "none" or "fresh"."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[Hint] = Hint.of(
        "stripe", "paypal", "adyen", "braintree", "square", "razorpay", "mollie", "gocardless", "wise", "dwolla"
    )

    place: Place
    name: str
    again: str
    """Why it may be made twice."""
    key: str

    @classmethod
    def find(cls, source: Source) -> Iterator["MoneyCall"]:
        if kind(source.path) in {"test", "dev", "migration"}:
            return
        file = reading(source)
        for one in file.calls():
            name = spelled(one.node.func)
            moves = _STRIPE.search(name) or _OTHERS.search(name) or _posts(file, one)
            again = _again(one) or _sent_again(source, one, name) if moves else ""
            key = _key(file, one) if again else ""
            if key:
                yield cls(file.place(one.node), name, again, key)


def _posts(file: Reading, one: Node) -> bool:
    address = file.text(one.node.args[0], one.where) if one.node.args else ""
    return last(spelled(one.node.func)) in {"post", "request"} and bool(_HOSTS.match(address))


def _again(one: Node) -> str:
    """Why a call may be made twice, as what stands around it says."""
    for outer in one.around:
        node = outer.node
        if isinstance(node, ast.For | ast.While) and _tries(node):
            return "the loop tries it again"
        if isinstance(node, Function):
            return _retried(node) or ("the provider sends its events again" if receives(node.name) else "")
    return ""


def _sent_again(source: Source, one: Node, name: str) -> str:
    """Whether it is a route that moves the money: a caller who is kept waiting sends the form once more."""
    line = one.node.lineno
    inside = (unit for unit in units(source) if unit.answers and unit.form == "function")
    routed = any(unit.place.line <= line <= unit.place.end_line for unit in inside)
    return "whoever calls the route may call it twice" if routed and _PAYS.search(name) else ""


def _tries(loop: ast.For | ast.While) -> bool:
    """Whether a loop goes on after an error; one over many things pays each once."""
    counted = isinstance(loop, ast.While) or last(spelled(getattr(loop.iter, "func", None))) == "range"
    handlers = [part for part in walk(loop) if isinstance(part, ast.ExceptHandler)]
    return counted and any(
        not any(isinstance(part, ast.Raise | ast.Return | ast.Break) for part in handler.body) for handler in handlers
    )


def _retried(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    for part in node.decorator_list:
        name = spelled(part.func if isinstance(part, ast.Call) else part)
        if _RETRIES.search(name):
            return f"`@{name}` calls it again"
        words = {word.arg: ast.unparse(word.value) for word in part.keywords} if isinstance(part, ast.Call) else {}
        if _TASKS.search(name) and (words.keys() & {"autoretry_for", "acks_late", "retry_backoff"}):
            return f"`@{name}` runs it again"
    calls = [spelled(part.func) for part in walk(node) if isinstance(part, ast.Call)]
    return "`self.retry` runs it again" if "self.retry" in calls else ""


def _key(file: Reading, one: Node) -> str:
    function = one.function
    if any(
        word.arg is None and not isinstance(file.value(word.value, one.where), ast.Dict) for word in one.node.keywords
    ):
        return ""
    said = [*one.node.args, *file.given(one).values()]
    named = [word for word in file.given(one) if _KEY.search(word)]
    text = " ".join(ast.unparse(part) for part in said)
    if not named and not _KEY.search(text):
        return "" if function is not None and _ONCE.search(ast.unparse(function)) else "none"
    keys = [file.given(one)[word] for word in named]
    bound = [file.value(key, one.where) if isinstance(key, ast.Name) else key for key in keys]
    return "fresh" if any(key is not None and _FRESH.search(ast.unparse(key)) for key in bound) else ""


_AMOUNTS = ("amount", "price", "balance", "fee", "total", "payout", "salary")


@dataclass(frozen=True)
class FloatMoney:
    """An amount of money that is made a float, or stored as one."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[Hint] = Hint.of(
        *((word, r"\w*\s*[:=].*float") for word in _AMOUNTS), ("float", rf"\(.*(?:{'|'.join(_AMOUNTS)})")
    )

    place: Place
    name: str
    stored: bool

    @classmethod
    def find(cls, source: Source) -> Iterator["FloatMoney"]:
        if kind(source.path) in {"test", "dev", "migration"}:
            return
        file = reading(source)
        for one in file.of(ast.Assign, ast.AnnAssign, ast.Call):
            if found := _floated(one.node):
                inside = one.parent is not None and isinstance(one.parent.node, ast.ClassDef)
                if not isinstance(one.node, ast.Call) and not inside:
                    continue
                yield cls(file.place(one.node), found, inside)


def _floated(node: ast.AST) -> str:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call) if _AMOUNT.match(name):
            return name if last(spelled(call.func)) == "FloatField" or _is_float_column(call) else ""
        case ast.AnnAssign(target=ast.Name(id=name), annotation=said) if _AMOUNT.match(name):
            return name if "Mapped[float" in ast.unparse(said) else ""
        case ast.Call(func=func, keywords=words) if _STRIPE.search(spelled(func)):
            return next((word.arg or "" for word in words if word.arg == "amount" and _computes(word.value)), "")
    return ""


def _is_float_column(call: ast.Call) -> bool:
    return last(spelled(call.func)) in {"Column", "mapped_column"} and any(
        last(spelled(part.func if isinstance(part, ast.Call) else part)) in {"Float", "REAL", "Double"}
        for part in call.args
    )


def _computes(value: ast.expr) -> bool:
    """`int(price * 100)`: cut off where it had to be rounded."""
    match value:
        case ast.Call(func=ast.Name(id="int"), args=[ast.BinOp(op=ast.Mult(), right=ast.Constant(value=100 | 100.0))]):
            return "Decimal" not in ast.unparse(value)
    return False
