"""A bucket of files is public.

Whoever has, guesses or is sent the address of a file in a public bucket reads it, signed in or not: policies on
`storage.objects` are not asked for it. A file stays readable after its row is gone, and addresses travel in logs and mails.
"""

from collections.abc import Iterator

from gate.facts.bucket import FOR_ALL, OWN, Bucket
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(668, 552),
    fix="Make the bucket private, let policies on `storage.objects` compare `owner` or the folder with `auth.uid()`, and "
    "hand out files by `createSignedUrl` with a short life.",
    bad=[
        {"supabase/migrations/1.sql": """
            INSERT INTO storage.buckets (id, name, public) VALUES ('invoices', 'invoices', true); -- <-
            INSERT INTO storage.buckets (id, name, public, file_size_limit)
            VALUES ('avatars', 'avatars', true, 100),
                   ('user-documents', 'user-documents', true, 100) -- <-
            ON CONFLICT (id) DO NOTHING;
            UPDATE storage.buckets SET public = true WHERE id = 'contracts'; -- <-
        """},
        {"src/setup.ts": """
            await supabase.storage.createBucket('receipts', { public: true, fileSizeLimit: 1024 }); // <-
            await supabase.storage.updateBucket("uploads", { public: true }); // <-
        """},
        'client.storage.create_bucket("medical-records", options={"public": True})  # <-',
        {"supabase/config.toml": """
            [storage.buckets.exports]  # <-
            public = true
        """},
    ],
    good=[
        {"supabase/migrations/1.sql": """
            INSERT INTO storage.buckets (id, name, public) VALUES ('invoices', 'invoices', false);
            INSERT INTO storage.buckets (id, name) VALUES ('receipts', 'receipts');
            INSERT INTO storage.buckets (id, name, public) VALUES ('avatars', 'avatars', true);
            UPDATE storage.buckets SET public = false WHERE id = 'contracts';
        """},
        {"src/setup.ts": """
            await supabase.storage.createBucket('receipts', { public: false });
            await supabase.storage.createBucket('product-images', { public: true });
            // await supabase.storage.createBucket('receipts', { public: true });
        """},
        {"supabase/config.toml": "[storage.buckets.exports]\npublic = false\n\n[storage.buckets.logos]\npublic = true\n"},
        {"supabase/seed.sql": "INSERT INTO storage.buckets (id, name, public) VALUES ('docs', 'docs', true);"},
    ],
    misses=["A bucket that is made public in the dashboard, and buckets of other clouds."],
)  # fmt: skip

_LEFT_ALONE = frozenset({"down", "test", "seed", "dev"})


@rule.check(Bucket)
def everybody_reads(bucket: Bucket, repo: Repo) -> Iterator[Hit]:
    own = OWN.search(bucket.name) is not None
    if bucket.role in _LEFT_ALONE or (FOR_ALL.search(bucket.name) and not own):
        return
    named = f"The bucket `{bucket.name}`" if bucket.name else "This bucket"
    said = f"{named} is public: whoever has or guesses the address of a file reads it, and no policy is asked. Make it private."
    yield Hit(bucket.place, said, detail=bucket.name, severity=None if own else Severity.MEDIUM)
