"""A template shows something as it is, without escaping it.

A template engine is safe because it escapes; where a template asks it not to, whatever somebody typed as a name or a
comment is part of the page, scripts included. Only who fills the template can say that it is markup of the program's own.
"""

from collections.abc import Iterator

from gate.facts.unescaped import Unescaped
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(79, 116),
    fix="Let the engine escape: `{{ name }}`, `<%= name %>`, `{{name}}`. Hand values to a script with `tojson` or "
    "`json_script`. Clean what must keep some markup with `nh3` or DOMPurify where it is stored or shown, and say so there.",
    bad=[
        {
            "app/templates/user.html": """
            <p>{{ user.bio|safe }}</p>  # <-
            {% autoescape off %}
            <p>{{ comment.body_text }}</p>
            <p>{{ comment.author }}</p>  # <-
            {% endautoescape %}
            <p>{{ comment.author }}</p>
            """,
            "views/user.ejs": """
            <p><%- user.bio %></p>  # <-
            <p><%= user.bio %></p>
            """,
            "src/User.vue": """
            <p v-html="user.bio"></p>  # <-
            <p v-html="post.body"></p>  # <-
            """,
            "src/Note.svelte": """
            <article>{@html html}</article>  # <-
            """,
            "src/Comment.tsx": """
            export const Comment = ({ body }: Props) => <div dangerouslySetInnerHTML={{ __html: body }} />;  // <-
            """,
            "app/main.py": """
            import aiohttp_jinja2, jinja2
            def init(app):
                aiohttp_jinja2.setup(app, loader=jinja2.PackageLoader("app", "templates"), autoescape=False)  # <-
                app.jinja_env.autoescape = False  # <-
            """,
        },
    ],
    good=[
        {
            "app/templates/user.html": """
            <p>{{ user.bio }} {{ form.media|safe }} {{ user.data|tojson }} {{ page_html|safe }}</p>
            {% autoescape on %}{{ user.bio }}{% endautoescape %}
            """,
            "src/Comment.tsx": """
            const THEME = "<script></script>";
            export function Comment({ body }: Props) {
              const shown = useMemo(() => DOMPurify.sanitize(body), [body]);
              return <div dangerouslySetInnerHTML={{ __html: shown }}><i dangerouslySetInnerHTML={{ __html: THEME }} /></div>;
            }
            """,
            "app/main.py": """
            import jinja2
            env = jinja2.Environment(autoescape=True)
            """,
        },
    ],
    misses=[
        "Templates of other engines, and expressions longer than a name and its attributes.",
        "Whose text it is: what was cleaned before it was stored is warned of as well.",
    ],
)


@rule.check(Unescaped)
def look(one: Unescaped, repo: Repo) -> Iterator[Hit]:
    said = f"`{one.name}` is shown" if one.name else "Every value is shown"
    yield Hit(one.place, f"{said} as it is, unescaped; where outsiders write any of it, they write scripts.")
