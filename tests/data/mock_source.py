#!/usr/bin/env python3
"""A mock of the connector, which emits the rows of its configuration, for accounts that the sandbox lacks.

The configuration is {"connector": the real one, "streams": {stream: [rows]}} and, optionally, "dies_after": a number of
records, after which it leaves a state that the next read continues, and "cursors": {stream: the state at the end}.
"""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any


def emit(**message: Any) -> None:
    print(json.dumps(message), flush=True)


def state_of(descriptor: dict[str, str], state: dict[str, Any]) -> dict[str, Any]:
    return {"type": "STREAM", "stream": {"stream_descriptor": descriptor, "stream_state": state}}


def main() -> int:
    command, arguments = sys.argv[1], dict(zip(sys.argv[2::2], sys.argv[3::2], strict=True))
    config = json.loads(Path(arguments["--config"]).read_text())
    if command == "discover":
        given = json.dumps({name: config[name] for name in ("client_id", "client_secret")})
        subprocess.run([config["connector"], "discover", "--config", "-"], input=given, text=True, check=True)
        return 0
    catalog = json.loads(Path(arguments["--catalog"]).read_text())
    streams = [entry["stream"]["name"] for entry in catalog["streams"]]
    last = [one["stream"] for one in json.loads(Path(arguments["--state"]).read_text())]
    states = {one["stream_descriptor"]["name"]: one["stream_state"] for one in last}
    emitted = 0
    for name in streams:
        descriptor = {"name": name}
        # A stream whose last sync ended with this state has nothing new.
        state = config.get("cursors", {}).get(name, {"done": True})
        begin = (states.get(name) or {}).get("resume", 0)
        rows = [] if states.get(name) == state else config["streams"].get(name, [])[begin:]
        for place, row in enumerate(rows):
            if emitted == config.get("dies_after"):
                emit(type="STATE", state=state_of(descriptor, {"resume": begin + place}))
                error = {"message": "The mock failed.", "failure_type": config.get("failure_type")}
                emit(type="TRACE", trace={"type": "ERROR", "error": error})
                return 1
            emitted += 1
            emit(type="RECORD", record={"stream": name, "data": row, "emitted_at": time.time_ns() // 1_000_000})
        emit(type="STATE", state=state_of(descriptor, state))
        status = {"stream_descriptor": descriptor, "status": "COMPLETE"}
        emit(type="TRACE", trace={"type": "STREAM_STATUS", "stream_status": status})
    return 0


if __name__ == "__main__":
    sys.exit(main())
