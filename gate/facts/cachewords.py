"""Words by which a program says whose a cached value is, and what its key tells apart."""

from gate import lazy

WHOSE = lazy.regex(
    r"(?i)tenant|(?:^|_)orgs?(?:_|$)|organi[sz]ation|organizer|workspace|(?:^|_)accounts?(?:_|$)|company|(?:^|_)teams?(?:_|$)"
    r"|(?:^|_)users?(?:_|id|name|$)|customer|(?:^|_)owner|(?:^|_)member|schema_name|(?:^|_)site(?:_|$)|profile|principal|identity|^me$|^viewer$|^caller$"
)
"""Names of those whom rows belong to."""
KEYED = lazy.regex(r"(?i)(?:^|_)(?:pk|id|ids|uuid|uid|guid|token|slug|hash\w*|digest|sha\d*|md5|session\w*|fingerprint|ip|key|email)$"
                    r"|key|prefix|scope|hash|digest|ident|domain|host|version|jti|nonce")  # fmt: skip
"""Names of what tells one thing, or one caller, from another."""
SHARED = lazy.regex(r"(?i)lock|rate|throttl|limit|health|feature|flag|geo|version|config|setting|countr|currenc|lang|locale|locali"
                     r"|robots|sitemap|status|fx[:_.]|exchange|jwks|openid|oidc|cert|global|public|count(?:er)?s?$|stat(?:s|istics)_?all")  # fmt: skip
"""What a key says of values that are the same for all, or that are none."""
CACHES = lazy.regex(r"(?i)(?:\w*_)?caches?|(?:\w*_)?(?:redis|valkey|memcached?|mc)(?:_client|_conn|_cache)?")
