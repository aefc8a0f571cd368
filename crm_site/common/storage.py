"""Static files with their content's hash in the name, also inside scripts that import scripts."""

from collections.abc import Callable
from re import Match
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage

OWN_SCRIPTS = "js/"


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Rewrites `import "./x.js"` to the hashed name, so that every file may be cached for ever.

    Only in scripts of our own: packages ship modules that import files they do not bring.
    """

    support_js_module_import_aggregation = True

    def url_converter(
        self, name: str, hashed_files: dict[str, Any], template: str | None = None
    ) -> Callable[[Match[str]], str]:
        """Return how a reference inside the file `name` is rewritten; foreign scripts are kept."""
        if name.endswith(".js") and not name.startswith(OWN_SCRIPTS):
            return lambda match: match.group(0)
        return super().url_converter(name, hashed_files, template)
