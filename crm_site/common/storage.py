"""Static files with their content's hash in the name, also inside scripts that import scripts."""

from collections.abc import Callable, Iterable, Iterator
from re import Match
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage

OWN_SCRIPTS = "js/"
# Megabytes that only developers open: compressing them took longer than starting the product.
LEFT_AS_THEY_ARE = ("drf_spectacular_sidecar/", "admin/", "rest_framework/")


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Rewrites `import "./x.js"` to the hashed name, so that every file may be cached for ever.

    Only in scripts of our own: packages ship modules that import files they do not bring.
    """

    support_js_module_import_aggregation = True

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Write the compressed twins of `paths`, except of what only developers open."""
        wanted = [path for path in paths if not path.startswith(LEFT_AS_THEY_ARE)]
        yield from super().compress_files(wanted)

    def url_converter(
        self, name: str, hashed_files: dict[str, Any], template: str | None = None
    ) -> Callable[[Match[str]], str]:
        """Return how a reference inside the file `name` is rewritten; foreign scripts are kept."""
        if name.endswith(".js") and not name.startswith(OWN_SCRIPTS):
            return lambda match: match.group(0)
        return super().url_converter(name, hashed_files, template)
