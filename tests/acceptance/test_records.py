"""Requirements of the older acceptance tests on records and states that the standard tests do not check on an image.

Each test applies airbyte-cdk's own checks to the connector's output, or compares it with the files in this folder.
`UPDATE=1` writes these files from the output: review the difference before you commit it.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml
from airbyte_cdk.models import (
    AirbyteRecordMessage,
    AirbyteStream,
    AirbyteStreamStatus,
    ConfiguredAirbyteCatalog,
    ConfiguredAirbyteStream,
    DestinationSyncMode,
    SyncMode,
)
from airbyte_cdk.test.entrypoint_wrapper import EntrypointOutput
from airbyte_cdk.test.standard_tests._catalog_checks import find_catalog_problems, format_catalog_problems
from airbyte_cdk.test.standard_tests._read_assertions import assert_read_records
from airbyte_cdk.test.standard_tests._spec_lint import assert_no_secrets_in_output, get_single_spec
from airbyte_cdk.utils.docker import run_docker_airbyte_command

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "tests/acceptance/config.json"
EXPECTED = ROOT / "tests/acceptance/expected_records.jsonl"
NAME = "source-360learning"
SECTIONS = yaml.safe_load((ROOT / "acceptance-test-config.yml").read_text())["acceptance_tests"]
# Fields that differ between two reads of a row: `readAt` is the time of the read, the cursor of rows without a date.
UNDATED = ("attendance_sheets", "attendances", "user_certificates", "user_custom_field_values")
IGNORED_FIELDS = {stream: {"readAt"} for stream in UNDATED}
INCREMENTAL = SECTIONS["incremental"]["tests"][0]
UPDATE = os.environ.get("UPDATE") == "1"
# The older acceptance tests require the field and ignore its value: a constant keeps the file stable.
EMITTED_AT = 1_793_606_400_000  # 2026-11-02T08:00:00Z, the clock of the sandbox

Run = Callable[..., EntrypointOutput]


@pytest.fixture
def run(tmp_path: Path, connector_image_override: str) -> Run:
    """Runs a command of the connector with these files."""

    def run(command: str, **files: Any) -> EntrypointOutput:
        contents = {name: orjson.dumps(content) for name, content in files.items()}
        if command != "spec":
            contents["config"] = CONFIG.read_bytes()
        mounts, options = [], []
        for name, content in contents.items():
            file = tmp_path / f"{name}.json"
            file.write_bytes(content)
            mounts += ["-v", f"{file}:/secrets/{name}.json"]
            options += [f"--{name}", f"/secrets/{name}.json"]
        return run_docker_airbyte_command(
            ["docker", "run", "--rm", *mounts, connector_image_override, command, *options]
        )

    return run


@pytest.fixture
def streams(run: Run) -> list[AirbyteStream]:
    output = run("discover")
    output.raise_if_errors()
    return list(output.catalog.catalog.streams)


def configured(streams: list[AirbyteStream], mode: SyncMode = SyncMode.full_refresh) -> ConfiguredAirbyteCatalog:
    return ConfiguredAirbyteCatalog(
        [ConfiguredAirbyteStream(one, mode, DestinationSyncMode.append, one.default_cursor_field) for one in streams]
    )


def test_no_check_of_the_catalog_finds_a_problem(run: Run) -> None:
    problems = find_catalog_problems(run("discover").catalog.catalog)
    assert not problems, format_catalog_problems(problems)


def test_every_stream_has_records_and_each_is_what_its_schema_says(run: Run, streams: list[AirbyteStream]) -> None:
    catalog = configured(streams)
    output = run("read", catalog=catalog)
    assert_no_secrets_in_output(
        output,
        spec=get_single_spec(run("spec"), connector_name=NAME),
        config=json.loads(CONFIG.read_text()),
        verb="read",
        connector_name=NAME,
    )
    output.raise_if_errors()
    assert_read_records(
        records=output.records, configured_catalog=catalog, require_records_per_stream=True, validate_schema=True
    )
    assert_keys(output, streams)
    assert_statuses_and_counts(output, streams)


def assert_keys(output: EntrypointOutput, streams: list[AirbyteStream]) -> None:
    keys = {stream.name: [path[0] for path in stream.source_defined_primary_key or []] for stream in streams}
    seen = Counter(
        (one.record.stream, *(one.record.data[field] for field in keys[one.record.stream])) for one in output.records
    )
    assert not [key for key, times in seen.items() if times > 1 or None in key]


def assert_statuses_and_counts(output: EntrypointOutput, streams: list[AirbyteStream]) -> None:
    wanted = [AirbyteStreamStatus.STARTED, AirbyteStreamStatus.RUNNING, AirbyteStreamStatus.COMPLETE]
    records, counted = Counter(one.record.stream for one in output.records), Counter[str]()
    for message in output.state_messages:
        counted[message.state.stream.stream_descriptor.name] += message.state.sourceStats.recordCount
    for stream in streams:
        assert [status for status, _ in groupby(output.get_stream_statuses(stream.name))] == wanted, stream.name
        assert counted[stream.name] == records[stream.name], stream.name


def test_expected_records_are_read_word_for_word(run: Run, streams: list[AirbyteStream]) -> None:
    output = run("read", catalog=configured(streams))
    output.raise_if_errors()
    read = [{"stream": one.record.stream, "data": comparable(one.record)} for one in output.records]
    if UPDATE:
        chosen = (min((one for one in read if one["stream"] == stream.name), key=key_of(stream)) for stream in streams)
        records = ({**one, "emitted_at": EMITTED_AT} for one in chosen)
        EXPECTED.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records))
    expected = [AirbyteRecordMessage(**json.loads(line)) for line in EXPECTED.read_text().splitlines()]
    assert [one.stream for one in expected] == [stream.name for stream in streams]
    assert [one for one in expected if {"stream": one.stream, "data": one.data} not in read] == []


def comparable(record: AirbyteRecordMessage) -> dict[str, Any]:
    """The fields of a record that are the same in two reads."""
    ignored: set[str] = IGNORED_FIELDS.get(record.stream, set())
    return {name: value for name, value in record.data.items() if name not in ignored}


def key_of(stream: AirbyteStream) -> Callable[[dict[str, Any]], list[str]]:
    return lambda one: [str(one["data"][path[0]]) for path in stream.source_defined_primary_key or []]


def test_two_full_refreshes_give_the_same_records_the_second_later(run: Run, streams: list[AirbyteStream]) -> None:
    reads = [run("read", catalog=configured(streams)).records for _ in range(2)]
    first, second = [sorted(json.dumps([one.record.stream, comparable(one.record)]) for one in read) for read in reads]
    assert first == second
    assert max(one.record.emitted_at for one in reads[0]) < min(one.record.emitted_at for one in reads[1])


@pytest.fixture
def incremental(streams: list[AirbyteStream]) -> ConfiguredAirbyteCatalog:
    """The committed catalog of all streams with a cursor."""
    file = ROOT / INCREMENTAL["configured_catalog_path"]
    catalog = configured(
        [one for one in streams if SyncMode.incremental in one.supported_sync_modes], SyncMode.incremental
    )
    if UPDATE:
        lines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in as_json(catalog)["streams"])
        file.write_text(f'{{"streams": [\n{lines}\n]}}\n')
    assert json.loads(file.read_text()) == as_json(catalog), "UPDATE=1 writes the file"
    return catalog


def as_json(catalog: ConfiguredAirbyteCatalog) -> dict[str, Any]:
    """The catalog without unset members."""
    streams = orjson.loads(orjson.dumps(catalog))["streams"]
    for one in streams:
        one["stream"] = {key: value for key, value in one["stream"].items() if value is not None}
    return {"streams": [{key: value for key, value in one.items() if value is not None} for one in streams]}


def states(output: EntrypointOutput) -> Iterator[dict[str, Any]]:
    """The last state of every stream, as the platform passes it to the next read."""
    last = {message.state.stream.stream_descriptor.name: message.state.stream for message in output.state_messages}
    for name, stream in sorted(last.items()):
        blob = stream.stream_state.__dict__
        yield {"type": "STREAM", "stream": {"stream_descriptor": {"name": name}, "stream_state": blob}}


def test_a_second_incremental_read_has_only_what_can_have_changed(
    run: Run, incremental: ConfiguredAirbyteCatalog
) -> None:
    first = run("read", catalog=incremental)
    first.raise_if_errors()
    after_first = list(states(first))
    second = run("read", catalog=incremental, state=after_first)
    second.raise_if_errors()
    # A first sync of a list with several pages may miss a row, so the second one emits the list again.
    blobs = {one["stream"]["stream_descriptor"]["name"]: one["stream"]["stream_state"] for one in after_first}
    repeated = {name for name, blob in blobs.items() if blob.get("previous") == "1970-01-01T00:00:00Z"}
    assert repeated == {"course_stats", "bulk_operations"}
    before, after = [Counter(one.record.stream for one in read.records) for read in (first, second)]
    for stream in incremental.streams:
        name = stream.stream.name
        assert before[name] > after[name] or (name in repeated and before[name] == after[name]), name


def test_a_state_far_in_the_future_gives_no_records_and_a_state_of_every_stream(
    run: Run, incremental: ConfiguredAirbyteCatalog
) -> None:
    file = ROOT / INCREMENTAL["future_state"]["future_state_path"]
    if UPDATE:
        future = list(states(run("read", catalog=incremental)))
        for state in future:
            state["stream"]["stream_state"]["cursor"] = "2999-12-31T00:00:00.000Z"
        file.write_text(json.dumps(future, indent=1) + "\n")
    output = run("read", catalog=incremental, state=json.loads(file.read_text()))
    output.raise_if_errors()
    assert output.records == []
    names = {one.stream.name for one in incremental.streams}
    assert {message.state.stream.stream_descriptor.name for message in output.state_messages} == names


def test_a_catalog_with_an_unknown_stream_and_mode_ends_in_an_error(run: Run) -> None:
    stream = {"name": "a_stream_that_does_not_exist", "json_schema": {}, "supported_sync_modes": ["full_refresh"]}
    wrong = {"stream": stream, "sync_mode": "INVALID", "destination_sync_mode": "append"}
    output = run("read", catalog={"streams": [wrong]})
    assert output.errors
    assert "a_stream_that_does_not_exist" in output.errors[0].trace.error.message
    assert output.records == []
