"""Static files with their content's hash in the name, also inside scripts that import scripts."""

from collections.abc import Iterable, Iterator
from typing import Any

from whitenoise.storage import (  # type: ignore[import-untyped]
    CompressedManifestStaticFilesStorage,
)

OWN_SCRIPTS = "js/"
# Megabytes that only developers open: compressing them took longer than starting the product.
LEFT_AS_THEY_ARE = ("drf_spectacular_sidecar/", "rest_framework/")


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Rewrites `import "./x.js"` to the hashed name, so that every file may be cached for ever.

    Only in scripts of our own: packages ship modules that import files they do not bring.
    """

    support_js_module_import_aggregation = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._patterns[f"{OWN_SCRIPTS}*.js"] = self._patterns.pop("*.js")

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Write the compressed twins of `paths`, except of what only developers open."""
        wanted = [path for path in paths if not path.startswith(LEFT_AS_THEY_ARE)]
        yield from super().compress_files(wanted)
