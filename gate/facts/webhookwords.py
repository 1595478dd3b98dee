"""What names and texts say of the companies whose servers call: which they are, and what only manages their calls."""

from gate import lazy

PROVIDERS = (
    r"(?:stripe|github|gitlab|slack|twilio|shopify|paypal|square|adyen|braintree|plaid|sendgrid|mailgun|postmark|clerk|svix|discord|telegram|zoom|linear|jira|sentry"
    r"|pagerduty|razorpay|mollie|coinbase|docusign|hubspot|intercom|resend|typeform|calendly|lemonsqueezy|paddle|bitbucket|polar)"
)
PATH = lazy.regex(
    rf"(?i)web_?hook|(?:^|[/_-])hooks?(?:/|$)|_hook$|/ipn\b|postback|{PROVIDERS}[_/-]?\w*(?:event|events|callback|notify|notification|hook)s?\b"
    r"|(?:twilio|slack|discord|telegram)/(?:sms|voice|inbound|commands?|interact\w*|actions?|updates?)\b"
)
NAMED = lazy.regex(rf"(?i)(?<![a-z]){PROVIDERS}(?![a-z])")
MANAGES = lazy.regex(
    r"(?i)(?:create|add|update|delete|list|get|edit|test|rerun|retry|resend|send|trigger|toggle|fetch|remove|deploy|new|save|enable|disable|register|configure|emit|deliver"
    r"|dispatch|set|ping|call|post|fire|notify|publish|execute|run|queue|enqueue|schedule|build|make|format|render|save|validate|upsert|patch|bulk|manage|setup)_?\w*web_?hooks?\w*"
    r"|(?:apply|call|run|invoke|collect|load|fire|trigger|execute|register|get|each)_\w*hooks"  # of the program itself
    r"|\w*web_?hooks?_?(?:create|add|update|delete|list|edit|test|settings|config\w*|form|detail|view|log\w*|history|retry|manage\w*)"
)
SHAPES = lazy.regex(
    r"[\"'](?:charge\.(?:dispute|refund|captured|expired|failed|pending|refunded|succeeded|updated)(?:\.\w+)?"
    r"|invoice\.(?:payment_\w+|finali[sz]\w+|will_be_due|created|deleted|paid|overpaid|updated|voided|overdue|marked_\w+|sent|upcoming)"
    r"|customer\.subscription\.\w+|checkout\.session\.\w+|payment_intent\.\w+|PAYMENT\.[A-Z.]+|CHECKOUT\.ORDER\.[A-Z.]+|BILLING\.SUBSCRIPTION\.[A-Z.]+)[\"']"
    r"|\b(?:Messaging|Voice)Response\(\)|(?i:X-GitHub-Event|X-Shopify-Topic|X-Slack-Request-Timestamp|X-Twilio-|Paypal-Transmission-Id|svix-id|X-Gitlab-Event)"
)
