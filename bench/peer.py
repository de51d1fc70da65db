"""The peer: Airbyte's low-code connector on the Python CDK, with a manifest as an expert writes it.

The thirteen streams of a training report, parents cached, a rate budget, workers for the latency, incremental where the
API filters. It is generated, because thirteen streams in YAML repeat themselves.
"""

from __future__ import annotations

from typing import Any

API = "/api/v2"
DATE = "%Y-%m-%dT%H:%M:%S.%fZ"


def requester(path: str) -> dict[str, Any]:
    return {
        "type": "HttpRequester",
        "url_base": "{{ config['base_url'] }}",
        "path": API + path,
        "http_method": "GET",
        "use_cache": True,
        "request_headers": {"360-api-version": "v2.0", "Accept": "application/json"},
        # 360Learning refuses the request of the OAuth authenticator, which has an unknown field.
        "authenticator": {
            "type": "SessionTokenAuthenticator",
            "login_requester": {
                "type": "HttpRequester",
                "url_base": "{{ config['base_url'] }}",
                "path": API + "/oauth2/token",
                "http_method": "POST",
                "request_body_json": {
                    "grant_type": "client_credentials",
                    "client_id": "{{ config['client_id'] }}",
                    "client_secret": "{{ config['client_secret'] }}",
                },
            },
            "session_token_path": ["access_token"],
            "expiration_duration": "PT50M",
            "request_authentication": {"type": "Bearer"},
        },
        "error_handler": {
            "type": "DefaultErrorHandler",
            "max_retries": 10,
            "backoff_strategies": [{"type": "ExponentialBackoffStrategy", "factor": 1}],
            "response_filters": [{"type": "HttpResponseFilter", "action": "IGNORE", "http_codes": [404]}],
        },
    }


PAGES = {
    "type": "DefaultPaginator",
    "page_token_option": {"type": "RequestPath"},
    "pagination_strategy": {
        "type": "CursorPagination",
        "cursor_value": "{{ headers['link']['next']['url'] }}",
        "stop_condition": "{{ 'next' not in headers.get('link', {}) }}",
    },
}


def stream(
    name: str,
    path: str,
    parent: dict[str, Any] | None = None,
    field: str = "",
    cursor: str | None = None,
) -> dict[str, Any]:
    """A stream of the manifest. `field` takes the parent's id, `cursor` is filtered by the API."""
    # The CDK's HTTP client encodes brackets, always.
    if cursor:
        path += f"?{cursor}[gte]=" + "{{ stream_interval.start_time }}"
    router: dict[str, Any] | None = None
    transformations = []
    if parent:
        router = {
            "type": "SubstreamPartitionRouter",
            "parent_stream_configs": [
                {"type": "ParentStreamConfig", "stream": parent, "parent_key": "_id", "partition_field": field}
            ],
        }
        transformations = [
            {"type": "AddFields", "fields": [{"path": [field], "value": "{{ stream_partition['" + field + "'] }}"}]}
        ]
    made: dict[str, Any] = {
        "type": "DeclarativeStream",
        "name": name,
        "primary_key": ["_id"],
        "retriever": {
            "type": "SimpleRetriever",
            "requester": requester(path),
            "paginator": PAGES,
            "record_selector": {"type": "RecordSelector", "extractor": {"type": "DpathExtractor", "field_path": []}},
            **({"partition_router": router} if router else {}),
        },
        "transformations": transformations,
        "schema_loader": {
            "type": "InlineSchemaLoader",
            "schema": {
                "type": "object",
                "additionalProperties": True,
                "properties": {"_id": {"type": ["null", "string"]}},
            },
        },
    }
    if cursor:
        made["incremental_sync"] = {
            "type": "DatetimeBasedCursor",
            "cursor_field": cursor,
            "datetime_format": DATE,
            "cursor_datetime_formats": ["%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%dT%H:%M:%SZ"],
            "start_datetime": {
                "type": "MinMaxDatetime",
                "datetime": "2000-01-01T00:00:00.000Z",
                "datetime_format": DATE,
            },
        }
    return made


def manifest(requests_per_second: int) -> dict[str, Any]:
    """The peer's manifest with a rate limit; 0 is none."""
    users = stream("users", "/users")
    paths = stream("paths", "/paths?modifiedAt[gte]=2000-01-01T00:00:00.000Z")
    classrooms = stream("classrooms", "/classrooms")
    slots = stream(
        "classroom_slots", "/classrooms/{{ stream_partition['classroomId'] }}/slots", classrooms, "classroomId"
    )
    sheets = stream(
        "attendance_sheets",
        "/classroom-slots/{{ stream_partition['classroomSlotId'] }}/attendance-sheets",
        slots,
        "classroomSlotId",
    )
    values = stream(
        "user_custom_field_values", "/users/{{ stream_partition['userId'] }}/custom-fields/values", users, "userId"
    )
    attendances = stream(
        "attendances",
        "/classroom-slots/{{ stream_slice.extra_fields['classroomSlotId'] }}"
        "/attendance-sheets/{{ stream_partition['attendanceSheetId'] }}/attendances",
        sheets,
        "attendanceSheetId",
    )
    attendances["retriever"]["partition_router"]["parent_stream_configs"][0]["extra_fields"] = [["classroomSlotId"]]
    streams = [
        values,  # The most requests, so it starts first.
        users,
        stream("groups", "/groups"),
        stream("custom_fields", "/custom-fields"),
        paths,
        stream("path_sessions", "/paths/sessions", cursor="modifiedAt"),
        stream("path_stats", "/paths/stats"),
        stream("path_enrollments", "/paths/{{ stream_partition['pathId'] }}/enrollments", paths, "pathId"),
        classrooms,
        slots,
        stream(
            "classroom_registrations",
            "/classrooms/{{ stream_partition['classroomId'] }}/registrations",
            classrooms,
            "classroomId",
        ),
        sheets,
        attendances,
    ]
    made: dict[str, Any] = {
        "version": "7.0.0",
        "type": "DeclarativeSource",
        "check": {"type": "CheckStream", "stream_names": ["groups"]},
        "streams": streams,
        "concurrency_level": {"type": "ConcurrencyLevel", "default_concurrency": 20, "max_concurrency": 20},
        "spec": {
            "type": "Spec",
            "connection_specification": {
                "type": "object",
                "required": ["client_id", "client_secret"],
                "additionalProperties": True,
                "properties": {
                    "client_id": {"type": "string"},
                    "client_secret": {"type": "string", "airbyte_secret": True},
                    "base_url": {"type": "string"},
                },
            },
        },
    }
    if requests_per_second:
        made["api_budget"] = {
            "type": "HTTPAPIBudget",
            "status_codes_for_ratelimit_hit": [429],
            "policies": [
                {
                    "type": "MovingWindowCallRatePolicy",
                    "rates": [{"type": "Rate", "limit": requests_per_second, "interval": "PT1S"}],
                    "matchers": [{"type": "HttpRequestRegexMatcher", "method": "GET"}],
                }
            ],
        }
    return made
