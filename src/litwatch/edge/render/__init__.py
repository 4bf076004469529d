"""Renders a digest by its templates: one subject line, a whole text part, and HTML that mail programs keep.

Owns Jinja, the inlining of styles, and the size that Gmail shows whole. Never chooses or orders papers.
"""

from __future__ import annotations

import binascii
import os
import re
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import css_inline
import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from litwatch.decide.digest import Digest
from litwatch.decide.shorten import shorten
from litwatch.decide.shown import clean
from litwatch.edge.render import filters
from litwatch.edge.render.translated import Translated
from litwatch.errors import TemplateError

#: Gmail cuts a message's HTML at 102 KB and hides what follows, the unsubscribe line first.
LARGEST_HTML = 102_000
#: A subject longer than this is cut at a blank: phones show 40 characters, no header should fold often.
LONGEST_SUBJECT = 150
#: Titles a list, tried in turn where even no card at all is still too much.
SHORTER_LISTS = (80, 60, 45, 30, 20, 15, 10, 5, 2, 0)

# One for each way of reading line breaks.
_AS_TEXT, _AS_HTML = Translated(), Translated()

_EMPTY_LINES = re.compile(r"[ \t]*\n(?:[ \t]*\n)+")

SUBJECT, TEXT, HTML = "digest.subject.txt", "digest.txt", "digest.html"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A digest as it goes into a message: one line, plain text, a whole HTML document."""

    subject: str
    text: str
    html: str


class Renderer:
    """Templates from `templates`; a file of the same name in `override` wins over the shipped one.

    Raises TemplateError, with file and line, where a template is missing, is not Jinja, names something
    that is not there, or does what the sandbox forbids.
    """

    def __init__(self, templates: Path, override: Path | None = None) -> None:
        folders = [os.path.normpath(folder) for folder in (override, templates) if folder is not None]
        self._folders = tuple(map(Path, folders))  # as Jinja names the files in them
        self._environment = ImmutableSandboxedEnvironment(
            loader=jinja2.ChoiceLoader([jinja2.FileSystemLoader(folder) for folder in self._folders]),
            autoescape=escapes,
            undefined=jinja2.StrictUndefined,
            finalize=_printed,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=False,
            auto_reload=True,
            bytecode_cache=_AS_TEXT,
        )
        self._environment.filters.update(filters.FILTERS)
        # In HTML a line break after a tag is a blank between words; in text it would be an empty line.
        self._html_environment = self._environment.overlay(
            trim_blocks=False, lstrip_blocks=False, bytecode_cache=_AS_HTML
        )
        self._inliner = css_inline.CSSInliner(
            keep_at_rules=True, keep_style_tags=False, load_remote_stylesheets=False
        )

    def render(self, digest: Digest) -> Rendered:
        """Subject, text and HTML of that digest; the HTML is shortened until Gmail shows it whole."""
        return Rendered(
            subject=self.subject(digest), text=self.render_template(TEXT, digest), html=self.html(digest)
        )

    def subject(self, digest: Digest) -> str:
        """One line that no header can be broken by."""
        return filters.clip(" ".join(self.render_template(SUBJECT, digest).split()), LONGEST_SUBJECT)

    def html(self, digest: Digest) -> str:
        """The HTML, with fewer papers in full, then shorter lists, until it is small enough as sent."""
        html = self._inlined(digest)
        if size_as_sent(html) <= LARGEST_HTML:
            return html
        steps: list[tuple[int, int | None]] = [
            (cards, None) for cards in range(digest.full_cards - 1, -1, -1)
        ]
        steps += [(0, lines) for lines in SHORTER_LISTS]
        fits = ""
        low, high = 0, len(steps) - 1
        while low <= high:  # each step is shorter than the one before: the first that fits is the longest
            middle = (low + high) // 2
            html = self._inlined(shorten(digest, *steps[middle]))
            if size_as_sent(html) <= LARGEST_HTML:
                fits, high = html, middle - 1
            else:
                low = middle + 1
        return fits or html

    def render_template(self, name: str, digest: Digest) -> str:
        """One template as it is, before styles are inlined."""
        environment = self._html_environment if escapes(name) else self._environment
        rendered = self._checked(name, lambda: environment.get_template(name).render(digest=digest))
        return _EMPTY_LINES.sub("\n" if escapes(name) else "\n\n", rendered).strip() + "\n"

    def translate(self, name: str) -> None:
        """See whether it is Jinja, with filters that there are. Raises TemplateError."""
        self._checked(name, lambda: str(self._environment.get_template(name)))

    def page(self, name: str, **values: Any) -> str:
        """A page for a browser by that template: one file, its styles in its head."""
        return (
            self._checked(name, lambda: self._html_environment.get_template(name).render(values)).strip()
            + "\n"
        )

    def _inlined(self, digest: Digest) -> str:
        html = self.render_template(HTML, digest)
        try:
            return self._inliner.inline(html)
        except (css_inline.InlineError, ValueError) as error:
            raise TemplateError(f"its styles cannot be inlined: {error}", HTML, None) from error

    def _checked(self, name: str, render: Callable[[], str]) -> str:
        try:
            return render()
        except jinja2.TemplateSyntaxError as error:
            file = error.filename or error.name or name
            raise TemplateError(f"{error.message}", str(file), error.lineno) from error
        except jinja2.TemplateNotFound as error:
            folders = " or ".join(str(folder) for folder in self._folders)
            place, line = self._place(error)
            raise TemplateError(
                f"there is no template {error.message} in {folders}", place or name, line
            ) from error
        except OSError as error:  # a file of these folders: templates open no other
            said = f"it cannot be read: {error.strerror or error}"
            raise TemplateError(said, str(error.filename or name), None) from error
        except (
            jinja2.TemplateError,
            TypeError,
            ValueError,
            ArithmeticError,
            LookupError,
            AttributeError,
        ) as error:
            place, line = self._place(error)
            if place is None:
                raise  # not the template's mistake
            raise TemplateError(str(error) or type(error).__name__, place, line) from error

    def _place(self, error: BaseException) -> tuple[str | None, int | None]:
        """The innermost template line that the error came through."""
        for frame in reversed(traceback.extract_tb(error.__traceback__)):
            if any(Path(frame.filename).is_relative_to(folder) for folder in self._folders):
                return frame.filename, frame.lineno
        return None, None


def escapes(name: str | None) -> bool:
    """HTML is escaped, and all else that is not known to be plain: by the whole name, digest.html.j2 too."""
    parts = (name or "").lower().split(".")[1:]
    return not parts or "html" in parts or not {"txt", "css"} & set(parts)


def size_as_sent(html: str) -> int:
    """Bytes of that HTML in quoted-printable."""
    return len(binascii.b2a_qp(html.encode(), istext=True))


def _printed(value: Any) -> Any:
    """What a template prints: text without the characters that break headers, markup or reading order."""
    if isinstance(value, Markup):
        return value
    return clean(value) if isinstance(value, str) else value
