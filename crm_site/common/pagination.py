"""The API's pages: the same keyset paging as the lists on screen."""

from typing import Any

from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm_site.common.keyset import Page, Sorts, paginate

API_PAGE_SIZE = 50
MAX_API_PAGE_SIZE = 200
DEFAULT_SORTS: Sorts = {"id": ("pk",)}


class KeysetPagination(BasePagination):
    """Answers {"count", "next", "previous", "results"}; `count` is null beyond 10,000 rows.

    The view may name `sorts` (allow-list of ?order=) and `default_sort`; without, by id.
    """

    page: Page
    base: str

    def paginate_queryset(
        self, queryset: Any, request: Request, view: APIView | None = None
    ) -> list[Any]:
        """Return the rows of the page asked for; CursorError (400) for a foreign cursor."""
        self.base = request.build_absolute_uri(request.path)
        self.page = paginate(
            queryset,
            query=request._request.GET,
            sorts=getattr(view, "sorts", DEFAULT_SORTS),
            default=getattr(view, "default_sort", "id"),
            size=api_page_size(request.query_params.get("page_size", "")),
        )
        return self.page.rows

    def get_paginated_response(self, data: Any) -> Response:
        """Return the page's envelope."""
        return Response(
            {
                "count": self.page.count,
                "next": self._absolute(self.page.next_url),
                "previous": self._absolute(self.page.previous_url),
                "results": data,
            }
        )

    def _absolute(self, query: str) -> str | None:
        return f"{self.base}{query}" if query else None

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Describe the envelope for OpenAPI."""
        address = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["count", "next", "previous", "results"],
            "properties": {
                "count": {"type": "integer", "nullable": True},
                "next": address,
                "previous": address,
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """Describe the query parameters for OpenAPI."""
        text = {"type": "string"}
        sizes = {"type": "integer", "minimum": 1, "maximum": MAX_API_PAGE_SIZE}
        return [
            {"name": name, "in": "query", "required": False, "schema": schema}
            for name, schema in (
                ("after", text),
                ("before", text),
                ("order", text),
                ("page_size", sizes),
            )
        ]


def api_page_size(wanted: str) -> int:
    """Return the size asked for, at most 200; the default for anything that is no number."""
    if not (wanted.isascii() and wanted.isdigit()) or int(wanted[:9]) == 0:
        return API_PAGE_SIZE
    return min(int(wanted[:9]), MAX_API_PAGE_SIZE)
