"""A text declared to be safe HTML although somebody else may have written it."""

import ast

from ringwall.review.check import Check, Found
from ringwall.review.expression import built_string
from ringwall.review.python import PythonFile

check = Check(
    id="html-from-variable",
    title="unescaped value in HTML",
    severity="high",
    cwe=79,
    chapter="Common antipatterns",
    why="Whoever wrote the value writes the page: a script in a name runs as everybody who sees it.",
    fix="Let the template escape. Markup('<b>{}</b>').format(name) escapes what it puts in; clean HTML with nh3.",
)

_CLEANERS = ("escape", "clean", "sanitize", "json_script")


@check.calls("markupsafe.Markup", "flask.Markup", "jinja2.Markup", "django.utils.safestring.mark_safe",
             "django.utils.html.mark_safe", "flask.render_template_string")  # fmt: skip
def marked(call: ast.Call, file: PythonFile) -> Found:
    if not call.args or _is_clean(file.value(call.args[0]), file):
        return
    yield call, f"{file.name(call.func).rpartition('.')[2]} of a text that is not fixed"


@check.nodes(ast.Return)
def page(node: ast.Return, file: PythonFile) -> Found:
    if isinstance(node.value, ast.JoinedStr) and built_string(node.value) and file.is_route(file.function(node)):
        first = node.value.values[0]
        values = [part.value for part in node.value.values if isinstance(part, ast.FormattedValue)]
        html = isinstance(first, ast.Constant) and str(first.value).lstrip().startswith("<")
        if html and not all(_is_clean(value, file) for value in values):
            yield node, "a page is pasted together from text"


def _is_clean(value: ast.expr, file: PythonFile) -> bool:
    if isinstance(value, ast.Call):
        return file.name(value.func).rpartition(".")[2] in _CLEANERS
    return isinstance(value, ast.Constant) or (isinstance(value, ast.JoinedStr) and not built_string(value))
