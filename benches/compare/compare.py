#!/usr/bin/env python3
"""crewsync beside its peers on the same files, in turn. See README.md."""
import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
WORK = TARGET / "compare"
SEED = "7"


class Run:
    """One command that is measured: `prepare` makes its place new before each run."""

    def __init__(self, name, command, prepare=None):
        self.name, self.command, self.prepare = name, [str(word) for word in command], prepare
        self.seconds, self.mebibytes = [], []

    def measure(self):
        if self.prepare:
            self.prepare()
        with open(WORK / "out.txt", "wb") as out:
            begun = time.perf_counter()
            child = subprocess.Popen(self.command, stdout=out, stderr=out, cwd=WORK, env=environment())
            _, status, usage = os.wait4(child.pid, 0)
            self.seconds.append(time.perf_counter() - begun)
        child.returncode = os.waitstatus_to_exitcode(status)
        self.mebibytes.append(usage.ru_maxrss / 1024)
        # 3 and 4 say that rows or guards want a person; the work was done.
        if child.returncode not in (0, 3, 4):
            sys.exit(f"{' '.join(self.command)}: exit {child.returncode}\n{(WORK / 'out.txt').read_text()}")


def environment():
    """Without what would turn crewsync to another tenant."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CREWSYNC_")}
    return kept | {"CREWSYNC_TOKEN": "any"}


def compare(title, runs, times):
    """Runs all in turn, the first one being ours, and prints a table with the ratios of the medians."""
    for run in runs:
        run.measure()
        run.seconds.clear()
        run.mebibytes.clear()
    for _ in range(times):
        for run in runs:
            run.measure()
    ours = statistics.median(runs[0].seconds)
    print(f"\n### {title}\n")
    print("| | median s | min–max s | MiB | ours ÷ this |")
    print("|---|---|---|---|---|")
    for run in runs:
        median = statistics.median(run.seconds)
        ratio = "" if run is runs[0] else f"{ours / median:.2f}"
        spread = f"{min(run.seconds):.3f}–{max(run.seconds):.3f}"
        print(f"| {run.name} | {median:.3f} | {spread} | {statistics.median(run.mebibytes):.0f} | {ratio} |")
    sys.stdout.flush()


class Bench:
    """A bench of ours that was built, and runs as a program."""

    def __init__(self, name):
        made = subprocess.run(
            ["cargo", "bench", "--locked", "--bench", name, "--no-run", "--message-format", "json"],
            cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True,
        )
        messages = [json.loads(line) for line in made.stdout.splitlines()]
        self.path = next(m["executable"] for m in messages if m.get("executable") and m["target"]["name"] == name)


class Server:
    """A server on a port of its own, ended when we are done."""

    def __init__(self, command):
        self.child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=WORK)
        self.url = self.child.stdout.readline().strip().removeprefix("listening on ")

    def __enter__(self):
        return self.url

    def __exit__(self, *_):
        self.child.send_signal(signal.SIGTERM)
        self.child.wait()


class Compared:
    def __init__(self, options):
        self.rows, self.times = options.rows, options.times
        subprocess.run(["cargo", "build", "--locked", "--release"], cwd=ROOT, check=True)
        self.ours = TARGET / "release" / "crewsync"
        self.generate = Bench("generate").path

    def export(self, form, night, rows=None):
        rows = rows or self.rows
        path = WORK / f"{night}-{rows}.{form}"
        if not path.exists():
            subprocess.run([self.generate, form, str(rows), SEED, night, path], check=True)
        return path

    def peer(self, name, *words):
        return [sys.executable, HERE / "peers" / name, *words]

    def plan(self, export, *words):
        return [self.ours, "plan", export, *words]

    def goal_file(self):
        base, after = self.export("csv", "base"), self.export("csv", "next")
        subprocess.run(
            ["cargo", "build", "--locked", "--release", "--manifest-path", HERE / "csv-diff" / "Cargo.toml",
             "--target-dir", WORK / "csv-diff"], check=True,
        )
        compare(f"Plan, file against file, {self.rows:,} rows", [
            Run("crewsync plan", self.plan(after, "--against", base)),
            Run("Polars, streaming row hash", self.peer("polars_diff.py", base, after)),
            Run("DuckDB, full join", self.peer("duckdb_join.py", base, after)),
            Run("csv-diff crate", [WORK / "csv-diff" / "release" / "csv-diff-peer", base, after]),
        ], self.times)

    def goal_growth(self):
        def of(rows):
            base, after = self.export("csv", "base", rows), self.export("csv", "next", rows)
            return Run(f"crewsync plan, {rows:,} rows", self.plan(after, "--against", base))
        sizes = [self.rows, self.rows // 10, self.rows * 4]
        compare("Growth: the same plan of other sizes", [of(rows) for rows in sizes], self.times)

    def goal_json(self):
        base = self.export("csv", "base")
        compare(f"Forms of the export, {self.rows:,} rows", [
            Run("crewsync plan, CSV", self.plan(self.export("csv", "next"), "--against", base)),
            Run("crewsync plan, JSON", self.plan(self.export("json", "next"), "--against", base)),
            Run("crewsync plan, NDJSON", self.plan(self.export("ndjson", "next"), "--against", base)),
        ], self.times)

    def goal_store(self):
        base, after = self.export("csv", "base"), self.export("csv", "next")
        with self.sandbox("store") as url:
            self.seed(url, self.export("json", "base"))
            state = WORK / "state-store"
            if not state.exists():
                refresh = [self.ours, "refresh", "--base-url", url, "--limits", "off", "--state", state]
                subprocess.run(refresh, check=True, env=environment(), stdout=subprocess.DEVNULL)
            stored = ["--against", "store", "--state", state, "--base-url", url, "--limits", "off"]
            compare(f"Nightly plan against the store, {self.rows:,} rows", [
                Run("crewsync plan --against store", self.plan(after, *stored)),
                Run("Polars, file against file", self.peer("polars_diff.py", base, after)),
            ], self.times)

    def goal_delivery(self):
        rows = self.rows // 10
        export = self.export("csv", "base", rows)
        config = WORK / "delivery.toml"
        config.write_text('[create]\nconfirm_absent = "trust"\n[delivery]\nverify = "none"\n')
        careful = WORK / "careful.toml"
        careful.write_text("")
        with Server([Bench("sink").path, "serve"]) as url:
            common = ["--base-url", url, "--limits", "off"]

            def saved(name, config):
                """A plan that everybody is to be created, and a state of its own for each run."""
                state, plan = WORK / f"state-{name}", WORK / f"{name}.plan"

                def prepare():
                    shutil.rmtree(state, ignore_errors=True)
                    words = ["--out", plan, "--config", config, "--state", state]
                    done = subprocess.run(self.plan(export, *words, *common), env=environment(),
                                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
                    if done.returncode not in (0, 3, 4):
                        sys.exit(done.stderr)
                apply = [self.ours, "apply", plan, "--config", config, "--state", state, "--yes", *common]
                return Run(f"crewsync apply, {name}", apply, prepare)

            compare(f"Delivery of {rows:,} creates to a server that takes everything", [
                saved("journal durable", config),
                Run("Python requests, 8 threads", self.peer("post_requests.py", export, url)),
                Run("Python orjson, http.client", self.peer("post_orjson.py", export, url)),
            ], self.times)

    def goal_refresh(self):
        rows = self.rows // 10
        with self.sandbox("refresh") as url:
            self.seed(url, self.export("json", "base", rows))
            state, table = WORK / "state-refresh", WORK / "peer.sqlite"

            def begin_anew():
                shutil.rmtree(state, ignore_errors=True)
                for path in WORK.glob("peer.sqlite*"):
                    path.unlink()
            refresh = [self.ours, "refresh", "--base-url", url, "--limits", "off", "--state", state]
            compare(f"Refresh of {rows:,} users into the store", [
                Run("crewsync refresh", refresh, begin_anew),
                Run("Python requests, sqlite3", self.peer("refresh_requests.py", url, table), begin_anew),
            ], self.times)

    def goal_start(self):
        base, after = self.export("csv", "base", 200), self.export("csv", "next", 200)
        compare("Start-up", [
            Run("crewsync --version", [self.ours, "--version"]),
            Run("crewsync plan, 200 rows", self.plan(after, "--against", base)),
            Run("python3 -c pass", [sys.executable, "-c", "pass"]),
        ], max(self.times, 20))

    def goal_limit(self):
        """How much of the allowance is used, measured at the server; and that no sliding window ever holds more."""
        export = self.export("csv", "base", 200)
        print("\n### Delivery under a limit\n\n| limit | calls | allowance used | most in a window |\n|---|---|---|---|")
        for limit, window_s, allowed, users in [("15/s", 1.0, 15, "1"), ("1/30s", 30.0, 1, "50")]:
            state = WORK / "state-limit"
            shutil.rmtree(state, ignore_errors=True)
            with self.sandbox("limit") as url:
                words = ["--base-url", url, "--limits", f"bulk={limit},default=1000/s", "--state", state, "--chunk-users", users]
                done = subprocess.run([self.ours, "sync", export, "--yes", *words], env=environment(),
                                      stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
                if done.returncode not in (0, 3, 4):
                    sys.exit(done.stderr)
                with urllib.request.urlopen(f"{url}/sandbox/requests") as answer:
                    requests = json.load(answer)
            at = [r["at_ms"] / 1000 for r in requests if r["method"] == "POST" and "bulk" in r["path"]]
            most = max(sum(1 for other in at if one <= other < one + window_s) for one in at)
            # The first call takes no time: the others need their share of the windows.
            used = (len(at) - 1) * window_s / allowed / (at[-1] - at[0])
            print(f"| {limit} | {len(at)} | {used:.1%} | {most} of {allowed} |")

    def sandbox(self, name):
        database = WORK / f"{name}.db"
        for path in WORK.glob(f"{name}.db*"):
            path.unlink()
        return Server([self.ours, "sandbox", "--limits", "off", "--db", database])

    def seed(self, url, export):
        subprocess.run([sys.executable, HERE / "seed.py", url, export], check=True)


def main():
    goals = [name.removeprefix("goal_") for name in vars(Compared) if name.startswith("goal_")]
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("goals", nargs="*", help=f"all of {', '.join(goals)}, unless named")
    options.add_argument("--rows", type=int, default=1_000_000, help="people of the large exports")
    options.add_argument("--times", type=int, default=5, help="runs of each that count")
    options = options.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    compared = Compared(options)
    for goal in options.goals or goals:
        getattr(compared, f"goal_{goal}")()


if __name__ == "__main__":
    main()
