"""A template engine told not to escape."""

import ast
import re

from ringwall.review.check import Check, Found, FoundInTemplate
from ringwall.review.expression import constant, keyword, spreads
from ringwall.review.python import PythonFile
from ringwall.review.template import Template

check = Check(
    id="autoescape-off",
    title="template without escaping",
    severity="high",
    cwe=79,
    chapter="Common antipatterns",
    why="Every value that such a template prints is HTML, whoever wrote it.",
    fix="Environment(autoescape=select_autoescape()); in a template, drop |safe and autoescape off.",
)

_SAFE = re.compile(r"\{\{[^{}]*\|\s*safe\b[^{}]*\}\}|\{%-?\s*autoescape\s+(?:off|false)\s*-?%\}", re.IGNORECASE)


@check.calls(
    "jinja2.Environment", "jinja2.sandbox.SandboxedEnvironment", "jinja2.Template", "jinja2.environment.Environment"
)
def environment(call: ast.Call, file: PythonFile) -> Found:
    value = keyword(call, "autoescape")
    if (value is None and not spreads(call)) or constant(value) is False:
        yield call, "this engine does not escape (Jinja's default)" if value is None else "autoescape is off"


@check.template
def in_template(template: Template) -> FoundInTemplate:
    for mark in template.find(_SAFE):
        yield mark, "this prints a value as HTML"
