"""Static files with their content's hash in the name, also inside scripts that import scripts."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Rewrites `import "./x.js"` to the hashed name, so that every file may be cached for ever."""

    support_js_module_import_aggregation = True
