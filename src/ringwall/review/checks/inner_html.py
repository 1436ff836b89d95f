"""HTML written into a page by a script, from a value."""

from ringwall.review.check import Check, FoundInScript
from ringwall.review.script import Script

check = Check(
    id="inner-html",
    title="page changed with HTML from a value",
    severity="high",
    cwe=79,
    chapter="Common antipatterns",
    why="The value is parsed as HTML: an image with onerror in it runs a script as the person who looks.",
    fix="textContent for text; build elements with createElement; sanitize with DOMPurify where HTML is meant.",
)

_SAFE_CALLS = frozenset({"DOMPurify", "sanitize", "escapeHtml", "escapeHTML", "setHTML"})


@check.script
def written(script: Script) -> FoundInScript:
    for name in ("innerHTML", "outerHTML"):
        for at in script.find(".", name):
            if script.text_at(at + 2) in ("=", "+") and not _is_fixed(
                script, at + (3 if script.text_at(at + 2) == "=" else 4)
            ):
                yield script.tokens[at + 1], f"{name} is set from a value"
    for name in ("write", "writeln"):
        for at in script.find("document", ".", name, "("):
            if not _is_fixed(script, at + 4):
                yield script.tokens[at + 2], f"document.{name} of a value"
    for at in script.find(".", "insertAdjacentHTML", "("):
        parts = script.arguments(at + 2)
        if len(parts) > 1 and not (len(parts[1]) == 1 and parts[1][0].kind == "string"):
            yield script.tokens[at + 1], "insertAdjacentHTML of a value"
    for at in script.find("dangerouslySetInnerHTML"):
        end = script.close(at + 2)
        if not _SAFE_CALLS & {token.text for token in script.tokens[at:end]}:
            yield script.tokens[at], "dangerouslySetInnerHTML of a value"


def _is_fixed(script: Script, at: int) -> bool:
    """Whether the expression that starts here is one literal, or goes through a known sanitizer."""
    if script.text_at(at) in _SAFE_CALLS or script.text_at(at + 2) in _SAFE_CALLS:
        return True
    alone = script.text_at(at + 1) in (";", ")", "}", "") or script.tokens[at + 1].line > script.tokens[at].line
    token = script.tokens[at] if at < len(script.tokens) else None
    return token is not None and alone and (token.kind == "string" or bool(script.string_at(at)) or token.text == "``")
