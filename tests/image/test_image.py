"""The image, run as Airbyte on Kubernetes runs it: `make image-test`.

There a script replaces the entry point, standard output and standard error are FIFOs in a shared directory, and the
container has no rights: not root, nothing writable, no capabilities, little memory. IMAGE names the image, ENGINE
docker or podman.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from data.support import ROOT, Case
from learning360.loading.catalog import Stream

IMAGE, ENGINE = os.environ.get("IMAGE", ""), os.environ.get("ENGINE", "docker")
SCALE = os.environ.get("SCALE", "france-num")
METADATA = yaml.safe_load((ROOT / "metadata.yaml").read_text())["data"]
MEGABYTE = 1_000_000
# A read that lasts until it is stopped.
SLOW = {"requests_per_second": 2}
# The network of this machine, where the sandbox listens.
ALLOWED = "--rm --network host --user 1000:1000 --read-only --cap-drop all --security-opt no-new-privileges".split()
MEMORY = "--memory 64m --memory-swap 64m --pids-limit 64".split()
# `sleep` and `mv` are the only programs besides `sh` that such a script may find.
SCRIPT = """
( eval "$AIRBYTE_ENTRYPOINT read --config /source/config.json --catalog /source/catalog.json" 2> stderr > stdout ) &
connector=$!
( while kill -0 $connector 2>/dev/null; do [ -f TERMINATED ] && kill $connector; sleep 1; done ) &
wait $connector
code=$?
echo $code > exit-code.part && mv exit-code.part exit-code
exit $code
"""


def engine(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run([ENGINE, *arguments], capture_output=True, text=True, check=False, **options)


def is_a_row(stream: str, row: dict[str, Any]) -> bool:
    """False for a row that only records that a user has no value in a custom field."""
    return stream != "user_custom_field_values" or row["value"] is not None


class Image(Case):
    def connector(self, *arguments: str, mount: Path | None = None) -> subprocess.CompletedProcess[str]:
        volume = ["--volume", f"{mount}:/source:ro"] if mount else []
        return engine("run", *ALLOWED, *MEMORY, *volume, IMAGE, *arguments)

    def shell(self, script: str) -> subprocess.CompletedProcess[str]:
        return engine("run", *ALLOWED, *MEMORY, "--entrypoint", "sh", IMAGE, "-c", script)

    def shared(self, url: str, **config: Any) -> Path:
        """The directory that the connector shares with the platform, with its configuration and catalog."""
        place = self.home / "source"
        place.mkdir()
        place.chmod(0o777)
        self.config(url, **config).rename(place / "config.json")
        offered = json.loads(self.connector("discover", "--config", "/source/config.json", mount=place).stdout)
        streams = [Stream(stream).configured() for stream in offered["catalog"]["streams"]]
        (place / "catalog.json").write_text(json.dumps({"streams": streams}))
        for file in place.iterdir():
            file.chmod(0o644)
        for pipe in ("stdout", "stderr"):
            os.mkfifo(place / pipe)
            (place / pipe).chmod(0o666)
        return place

    def start(self, place: Path) -> subprocess.Popen[bytes]:
        """Starts a read. Opens the FIFOs when it ends, so that no reader waits for them forever."""
        volume = ["--volume", f"{place}:/source", "--workdir", "/source"]
        command = [ENGINE, "run", *ALLOWED, *MEMORY, *volume, "--entrypoint", "sh", IMAGE, "-c", SCRIPT]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)

        def release() -> None:
            process.wait()
            for pipe in ("stdout", "stderr"):
                with suppress(OSError):
                    os.close(os.open(place / pipe, os.O_WRONLY | os.O_NONBLOCK))

        threading.Thread(target=release, daemon=True).start()
        return process

    def messages(self, place: Path) -> Iterator[dict[str, Any]]:
        """The messages from the FIFOs. Standard error must stay empty."""
        standard_error: list[str] = []
        errors = threading.Thread(target=lambda: standard_error.append((place / "stderr").read_text()), daemon=True)
        errors.start()
        with (place / "stdout").open() as lines:
            yield from map(json.loads, lines)
        errors.join()
        self.assertEqual(standard_error, [""])


class TestExample(Image):
    """Runs the steps of deploy/github-actions/sync.yml as written, with the `docker` of tests/acceptance."""

    EXAMPLE = yaml.safe_load((ROOT / "deploy/github-actions/sync.yml").read_text())["jobs"]["sync"]

    def sync(self, config: Path) -> list[int]:
        """The exit codes of the steps that are scripts; after the first failure only those run that always do."""
        environment = {
            **os.environ,
            "PATH": os.pathsep.join((str(ROOT / "tests/acceptance"), os.environ["PATH"])),
            "ACCEPTANCE_ENGINE": ENGINE,
            "CONFIG": config.read_text(),
            "STREAMS": self.EXAMPLE["env"]["STREAMS"],
            "IMAGE": IMAGE,
        }
        codes: list[int] = []
        for step in self.EXAMPLE["steps"]:
            if "run" in step and (not any(codes) or "cancelled" in step.get("if", "")):
                shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
                codes.append(
                    subprocess.run(shell, cwd=self.home, env=environment, capture_output=True, check=False).returncode
                )
        return codes

    def rows(self) -> dict[str, int]:
        files = (self.home / "sync/rows").iterdir()
        lines = {file.stem: map(json.loads, file.read_text().splitlines()) for file in files}
        return {stream: sum(is_a_row(stream, row) for row in rows) for stream, rows in lines.items()}

    def test_the_first_sync_has_every_row_and_the_second_goes_on_from_its_states(self) -> None:
        url = self.start_sandbox()
        self.home.chmod(0o755)
        config = self.config(url)
        self.assertEqual(self.sync(config), [0, 0, 0])
        truth, first = self.control(url, "/truth"), self.rows()
        self.assertEqual(first, {name: truth[name] for name in self.EXAMPLE["env"]["STREAMS"].split(",")})
        states = (self.home / "sync/states.jsonl").read_text().splitlines()
        self.assertEqual(len(states), len(first))
        (self.home / "sync/rows").rename(self.home / "first")
        self.assertEqual(self.sync(config), [0, 0, 0])
        self.assertLess(self.rows().get("classroom_slots", 0), first["classroom_slots"])
        self.assertEqual(self.rows()["users"], first["users"])

    def test_wrong_credentials_end_it_at_the_check(self) -> None:
        self.home.chmod(0o755)
        codes = self.sync(self.config(self.start_sandbox(), client_secret="another-secret"))
        self.assertNotEqual(codes[0], 0)


class TestImage(Image):
    def test_its_entry_point_labels_and_user_are_what_airbyte_expects(self) -> None:
        config = json.loads(engine("image", "inspect", IMAGE).stdout)[0]["Config"]
        self.assertIn(f"AIRBYTE_ENTRYPOINT={' '.join(config['Entrypoint'])}", config["Env"])
        self.assertTrue(config["Entrypoint"][0].startswith("/"))
        self.assertEqual(config["User"].split(":")[0], "1000")
        self.assertEqual(config["Labels"]["io.airbyte.name"], METADATA["dockerRepository"])
        self.assertEqual(config["Labels"]["io.airbyte.version"], METADATA["dockerImageTag"])

    def test_its_labels_name_the_commit_and_its_date(self) -> None:
        labels = json.loads(engine("image", "inspect", IMAGE).stdout)[0]["Config"]["Labels"]
        commit = subprocess.run(
            ["git", "log", "-1", "--format=%H %cI"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.split()
        self.assertEqual([labels[f"org.opencontainers.image.{name}"] for name in ("revision", "created")], commit)
        self.assertIn("org.opencontainers.image.source", labels)

    def test_a_scanner_finds_the_crates_in_the_binary(self) -> None:
        container = engine("create", IMAGE).stdout.strip()
        self.addCleanup(engine, "rm", container)
        binary, crates = self.home / "binary", self.home / "crates"
        self.assertEqual(engine("cp", f"{container}:/usr/local/bin/source-360learning", str(binary)).returncode, 0)
        subprocess.run(["objcopy", "--dump-section", f".dep-v0={crates}", binary, "/dev/null"], check=True)
        names = {package["name"] for package in json.loads(zlib.decompress(crates.read_bytes()))["packages"]}
        self.assertLess({"source-360learning", "reqwest", "rustls"}, names)

    def test_it_reads_a_file_of_its_owner_alone_as_that_user_and_says_so_otherwise(self) -> None:
        file = self.config(self.start_sandbox())
        file.chmod(0o600)
        self.home.chmod(0o755)
        arguments = ["--volume", f"{self.home}:/source:ro", IMAGE, "check", "--config", f"/source/{file.name}"]
        as_owner = engine("run", *ALLOWED, "--user", str(os.getuid()), *arguments)
        self.assertIn("SUCCEEDED", as_owner.stdout)
        as_another = engine("run", *ALLOWED, "--user", "4711", *arguments)
        self.assertIn("--user", as_another.stdout)
        self.assertNotIn("SUCCEEDED", as_another.stdout)

    def test_it_reads_over_tls_by_a_name_with_the_certificate_of_the_server(self) -> None:
        authority = self.home / "tls"
        url = self.start_sandbox("--tls", str(authority), "--tls-name", "sandbox.test")
        self.home.chmod(0o755)
        authority.chmod(0o755)
        config = json.loads((ROOT / "tests/acceptance/config.json").read_text())
        file = self.write("config", config | {"base_url": f"https://sandbox.test:{urlsplit(url).port}"})
        volumes = ["--volume", f"{self.home}:/source:ro", "--add-host", "sandbox.test:127.0.0.1"]
        certificate = ["--env", "SSL_CERT_FILE=/source/tls/ca.pem"]
        command = [IMAGE, "check", "--config", f"/source/{file.name}"]
        trusted = engine("run", *ALLOWED, *volumes, *certificate, *command)
        self.assertIn('"SUCCEEDED"', trusted.stdout)
        untrusted = engine("run", *ALLOWED, *volumes, *command)
        self.assertIn("SSL_CERT_FILE", untrusted.stdout)
        self.assertIn('"FAILED"', untrusted.stdout)

    def test_it_is_smaller_than_12_megabytes(self) -> None:
        size = json.loads(engine("image", "inspect", IMAGE).stdout)[0]["Size"]
        print(f"\n{IMAGE}: {size / MEGABYTE:.2f} MB")
        self.assertLess(size, 12 * MEGABYTE)

    def test_it_has_the_programs_of_the_start_script_and_writes_nowhere_but_where_it_may(self) -> None:
        self.assertEqual(
            self.shell("command -v sleep && command -v mv && ! touch /file && ! touch /etc/file").returncode, 0
        )
        writable = engine(
            "run",
            "--rm",
            "--user",
            "1000:1000",
            "--entrypoint",
            "sh",
            IMAGE,
            "-c",
            "echo > /airbyte/a && mv /airbyte/a /tmp/",
        )
        self.assertEqual(writable.returncode, 0, writable.stderr)

    def test_spec_is_the_committed_one(self) -> None:
        spec = json.loads(self.connector("spec").stdout)["spec"]
        self.assertEqual(spec, json.loads((ROOT / "spec.json").read_text()))

    def test_a_wrong_secret_fails_the_check_and_not_the_container(self) -> None:
        file = self.config(self.start_sandbox(), client_secret="another-secret")
        file.chmod(0o644)
        self.home.chmod(0o755)
        ended = self.connector("check", "--config", f"/source/{file.name}", mount=self.home)
        status = json.loads(ended.stdout.splitlines()[-1])["connectionStatus"]
        self.assertEqual((ended.returncode, status["status"]), (0, "FAILED"))
        self.assertNotIn("another-secret", ended.stdout + ended.stderr)

    def test_a_whole_read_through_fifos_in_64_megabytes_loses_nothing(self) -> None:
        url = self.start_sandbox(scale=SCALE)
        place = self.shared(url)
        process = self.start(place)
        rows, complete = Counter[str](), set()
        for message in self.messages(place):
            if message["type"] == "RECORD":
                rows[message["record"]["stream"]] += is_a_row(message["record"]["stream"], message["record"]["data"])
            elif message["type"] == "TRACE" and message["trace"].get("stream_status", {}).get("status") == "COMPLETE":
                complete.add(message["trace"]["stream_status"]["stream_descriptor"]["name"])
        truth = self.control(url, "/truth")
        self.assertEqual(process.wait(), 0)
        self.assertEqual((place / "exit-code").read_text().strip(), "0")
        self.assertEqual(dict(rows), {name: count for name, count in truth.items() if count})
        self.assertEqual(complete, set(truth))
        print(f"\n{SCALE}: {sum(rows.values()):,} records of {len(rows)} streams, none missing, in 64 MB of memory")

    def test_a_read_that_the_platform_ends_never_ends_with_zero(self) -> None:
        place = self.shared(self.start_sandbox(), **SLOW)
        process = self.start(place)
        for message in self.messages(place):
            if message["type"] == "RECORD":
                (place / "TERMINATED").touch()
        self.assertEqual(process.wait(), 128 + signal.SIGTERM)
        self.assertEqual((place / "exit-code").read_text().strip(), str(128 + signal.SIGTERM))

    def test_a_container_that_is_stopped_ends_with_143_after_a_whole_line(self) -> None:
        place = self.shared(self.start_sandbox(), **SLOW)
        name = f"image-test-{os.getpid()}"
        files = ["--config", "/source/config.json", "--catalog", "/source/catalog.json"]
        command = [
            ENGINE,
            "run",
            "--name",
            name,
            *ALLOWED,
            *MEMORY,
            "--volume",
            f"{place}:/source:ro",
            IMAGE,
            "read",
            *files,
        ]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        types: list[str] = []
        for line in process.stdout:
            types.append(json.loads(line)["type"])
            if types.count("RECORD") == 1 and types[-1] == "RECORD":
                self.assertEqual(engine("kill", "--signal", "TERM", name).returncode, 0)
        self.assertTrue(line.endswith("\n"))
        self.assertEqual(process.wait(), 128 + signal.SIGTERM)
