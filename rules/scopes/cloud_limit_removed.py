"""A limit that kept others out of something in the cloud is gone.

A boundary caps what a role may be given later, an authorizer asks who calls, and the block on public access overrules
every policy that forgets to. All of them are one line, and what they protect works as well without it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from gate.facts.cloudlimit import TERRAFORM, WORDS, Limit, declared, limits, wholes
from gate.rule import Edit, Hit, Pair, Place, Repo, Rule, Severity

_ROLE = 'resource "aws_iam_role" "deploy" {{{}\n  name = "deploy"\n{}}}\n'
_URL = 'resource "aws_lambda_function_url" "a" {{{}\n  authorization_type = "{}"\n}}\n'
_API = """
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:{mark}
      StageName: prod
{auth}"""
_AUTH = "      Auth:\n        DefaultAuthorizer: Users\n"
_BOTO = "def make(name):\n    return iam.create_role(RoleName=name{}){}\n"
_BUCKET = 's3.Bucket(self, "Reports", {}block_public_access=s3.BlockPublicAccess.BLOCK_ALL)\n'

_STORE = 'resource "aws_s3_bucket" "data" {{{}\n  bucket = "data"\n}}\n'
_BLOCK = 'resource "aws_s3_bucket_public_access_block" "{}" {{\n  bucket = aws_s3_bucket.data.id\n  block_public_acls = true\n}}\n'

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(732, 269, 306),
    fix="""Put the limit back. Where the thing is meant to be open, say so in the change, and let those who answer for the account
    approve it.""",
    bad=[
        Pair(
            {"a.tf": _ROLE.format("", "  permissions_boundary = aws_iam_policy.boundary.arn\n")},
            {"a.tf": _ROLE.format("  # <-", "")},
        ),
        Pair({"a.tf": _URL.format("", "AWS_IAM")}, {"a.tf": _URL.format("  # <-", "NONE")}),
        Pair(
            {"t.yaml": _API.format(mark="", auth=_AUTH)},
            {"t.yaml": _API.format(mark="", auth="").replace("Serverless::Api", "Serverless::Api  # <-")},
        ),
        Pair({"s.py": _BUCKET.format("enforce_ssl=True, ")}, {"s.py": _BUCKET.format("").replace(")\n", ")  # <-\n")}),
        Pair({"i.py": _BOTO.format(", PermissionsBoundary=BOUNDARY", "")}, {"i.py": _BOTO.format("", "  # <-")}),
        Pair({"a.tf": _STORE.format("") + _BLOCK.format("data")}, {"a.tf": _STORE.format("  # <-")}),
    ],
    good=[
        Pair(
            {"a.tf": _STORE.format("") + _BLOCK.format("data")},
            {"a.tf": _STORE.format(""), "b.tf": _BLOCK.format("all")},
        ),
        Pair(
            {"a.tf": _ROLE.format("", "  permissions_boundary = aws_iam_policy.boundary.arn\n")},
            {"a.tf": _ROLE.format("", "  permissions_boundary = var.boundary\n")},
        ),
        Pair({"a.tf": _URL.format("", "AWS_IAM")}, {"b.tf": _URL.format("", "AWS_IAM")}),
        Pair({"a.tf": _URL.format("", "AWS_IAM")}, {"a.tf": ""}),
        Pair({"t.yaml": _API.format(mark="", auth="")}, {"t.yaml": _API.format(mark="", auth=_AUTH)}),
        Pair({"i.py": _BOTO.format(", PermissionsBoundary=BOUNDARY", "")}, {"i.py": _BOTO.format(", **settings", "")}),
    ],
    misses=[
        "Things of their own that limit others and go as a whole, the public access block of a bucket left aside.",
        "Things that get a new name in the same change.",
    ],
)


@rule.compare
def look(edits: Sequence[Edit], base: Repo, head: Repo) -> Iterator[Hit]:
    del base
    changed = [
        edit for edit in edits if edit.before is None or edit.after is None or edit.before.text != edit.after.text
    ]
    told = [edit.before for edit in changed if edit.before and WORDS.search(edit.before.text)]
    olds = [one for source in told for one in limits(source) if one.kept]
    news = _by_owner(one for edit in changed if olds and edit.after for one in limits(edit.after))
    for old in olds:
        now = news.get(old.owner, [])
        gone = old.kept.difference(*(one.kept for one in now))
        if now and gone:
            message = f"`{old.owner}` had the limit `{min(gone)}`, and has it no more."
            yield Hit(Place.at(now[0].path, now[0].line), message, detail=old.owner)
    yield from _whole(changed, head)


def _whole(changed: Sequence[Edit], head: Repo) -> Iterator[Hit]:
    """A public access block that is gone, of a bucket that is still there; what only got another name is there too."""
    olds = {about: kind for edit in changed if edit.before for about, kind in wholes(edit.before).items()}
    paths = head.mentioning("public_access_block", TERRAFORM) if olds else ()
    sources = [one for path in paths if (one := head.source(path))]
    gone = olds.keys() - {about for one in sources for about in wholes(one)}
    places = [place for edit in changed if gone and edit.after for place in declared(edit.after)]
    still = dict(reversed(places))
    for about in sorted(gone):
        thing = about.removesuffix(".id").removesuffix(".bucket")
        if thing in still:
            yield Hit(still[thing], f"`{thing}` had the limit `{olds[about]}`, and has it no more.", detail=thing)


def _by_owner(some: Iterable[Limit]) -> dict[str, list[Limit]]:
    held = defaultdict(list)
    for one in some:
        held[one.owner].append(one)
    return held
