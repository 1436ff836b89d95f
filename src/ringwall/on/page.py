"""The page that a person sees who may not go on. No script; works with a keyboard, on a phone, and in the dark."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from string import Template

_STYLE = """
:root { color-scheme: light dark; --ink: #1c1e21; --soft: #50565e; --paper: #fbfaf8; --line: #d9d5cd; --link: #0b57a4 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #eceae6; --soft: #b3afa8; --paper: #17181a; --line: #3a3b3e; --link: #8fc1ff }
}
body { margin: 0; background: var(--paper); color: var(--ink); font: 1.0625rem/1.6 system-ui, sans-serif }
main { max-width: 42rem; margin: 0 auto; padding: 12vh 1.5rem 3rem }
h1 { font-size: 1.75rem; line-height: 1.25; margin: 0 0 .75rem }
.soft { color: var(--soft) }
blockquote { margin: 1.5rem 0; padding: .25rem 0 .25rem 1rem; border-left: .25rem solid var(--line) }
pre { overflow-x: auto; padding: 1rem; border: 1px solid var(--line); border-radius: .5rem; font-size: .9rem }
a { color: var(--link) }
a:focus-visible { outline: .2rem solid var(--link); outline-offset: .2rem }
code { overflow-wrap: anywhere }
"""
_PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<style>$style</style>
</head>
<body>
<main>
<h1>$title</h1>
$body
</main>
</body>
</html>
""")
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""The content security policy under which the page is shown: this very style sheet, and nothing else."""

_TITLES = {
    400: "This request cannot be read",
    401: "Please sign in",
    403: "You may not do this",
    404: "There is nothing here",
    405: "This cannot be done here",
    413: "This is too large",
    503: "Please try again in a moment",
}


def refusal_page(status: int, heading: str, detail: str, *, instance: str, rule: str, explanation: str) -> bytes:
    """The page in UTF-8. Every argument is text and is escaped. ``rule`` is the sentence of a rule that may be shown;
    ``explanation`` has values in it and is given in development only."""
    parts = [f"<p>{escape(detail)}</p>"] if detail and detail != rule else []
    if rule:
        parts.append(f"<blockquote><p>{escape(rule)}</p></blockquote>")
    if status == 401:
        parts.append('<p><a href="/login">Sign in</a></p>')
    if explanation:
        label = "Shown in development only"
        parts.append(f'<p class="soft" id="why">{label}:</p>')
        parts.append(f'<pre tabindex="0" role="region" aria-labelledby="why">{escape(explanation)}</pre>')
    if instance:
        parts.append(
            f'<p class="soft">Whoever runs this service finds the reason under <code>{escape(instance)}</code>.</p>'
        )
    if status == 403:
        parts.append('<p><a href="/">Back to the start</a></p>')
    title = escape(_TITLES.get(status, heading))
    return _PAGE.substitute(title=title, style=_STYLE, body="\n".join(parts)).encode()
