#!/usr/bin/env python3
"""A source that plays what a file says, for accounts that no sandbox has.

Its configuration is {"connector": the real one, "streams": {stream: [rows]}}, and perhaps "dies_after": a number of
records, and "cursors": {stream: the state at the end}.
"""

import json
import subprocess
import sys
import time


def say(**message):
    print(json.dumps(message), flush=True)


def main():
    command, arguments = sys.argv[1], dict(zip(sys.argv[2::2], sys.argv[3::2]))
    with open(arguments["--config"]) as file:
        config = json.load(file)
    if command == "discover":
        subprocess.run([config["connector"], "discover", "--config", arguments["--config"]], check=True)
        return 0
    with open(arguments["--catalog"]) as file:
        streams = [entry["stream"]["name"] for entry in json.load(file)["streams"]]
    with open(arguments["--state"]) as file:
        states = {one["stream"]["stream_descriptor"]["name"]: one["stream"]["stream_state"] for one in json.load(file)}
    said = 0
    for name in streams:
        descriptor = {"name": name}
        # A stream that has told this state already has nothing new.
        state = config.get("cursors", {}).get(name, {"done": True})
        for row in [] if states.get(name) == state else config["streams"].get(name, []):
            if said == config.get("dies_after"):
                say(type="TRACE", trace={"type": "ERROR", "error": {"message": "The stage broke.", "failure_type": config.get("failure_type")}})
                return 1
            said += 1
            say(type="RECORD", record={"stream": name, "data": row, "emitted_at": time.time_ns() // 1_000_000})
        say(type="STATE", state={"type": "STREAM", "stream": {"stream_descriptor": descriptor, "stream_state": state}})
        status = {"stream_descriptor": descriptor, "status": "COMPLETE"}
        say(type="TRACE", trace={"type": "STREAM_STATUS", "stream_status": status})
    return 0


if __name__ == "__main__":
    sys.exit(main())
