#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""tests/lineproto_cases.py PHUTAI [all]: the public decode cases through `phutai lineproto`.

One run of the command a case; what it writes is compared byte by byte with the case's points,
spelled here once more. Starting it is most of the time: without `all`, every case that must be read
and each tenth of the others are run, of these an eighth on a build with sanitizers. Where the data
is absent nothing is. Prints one line, or the cases that failed.
"""
import base64
import json
import os
import re
import subprocess
import sys


def bytes_of(thing, name):
    if name + "_b64" in thing:
        return base64.b64decode(thing[name + "_b64"])
    return thing[name].encode()


def real(text):
    value = float(text)
    for digits in (15, 16, 17):
        shown = "%.*g" % (digits, value)
        if float(shown) == value:
            return shown if re.search("[.e]", shown) else shown + ".0"
    raise ValueError(text)


def escape(name, specials):
    return re.sub(specials, rb"\\\g<0>", name)


def string(value):
    letters = {b"\n": b"n", b"\r": b"r", b"\t": b"t"}
    spelled = re.sub(rb'[\n\r\t"\\]', lambda m: b"\\" + letters.get(m[0], m[0]), value)
    return b'"' + spelled + b'"'


def field(one):
    if one["type"] == "string":
        value = string(bytes_of(one, "value"))
    elif one["type"] == "float":
        value = real(one["value"]).encode()
    elif one["type"] == "bool":
        value = b"true" if one["value"] else b"false"
    else:
        value = str(int(one["value"])).encode() + one["type"][:1].encode()
    return escape(bytes_of(one, "key"), rb"[,= ]") + b"=" + value


def line(point, default_ns):
    tags = sorted(
        (bytes_of(tag, "key"), bytes_of(tag, "value")) for tag in point["tags"]
    )
    head = escape(bytes_of(point, "measurement"), rb"[, ]") + b"".join(
        b"," + escape(key, rb"[,= ]") + b"=" + escape(value, rb"[,= ]") for key, value in tags
    )
    start = head + b" " + b",".join(field(one) for one in point["fields"])
    stamped = start + b" " + point["time_ns"].encode()
    # A line without a timestamp is written without one.
    return [stamped, start] if point["time_ns"] == default_ns else [stamped]


def fault(case, run):
    got = run.stdout.split(b"\n")
    reasons = run.stderr.decode().split("\n")[:-1]
    if not case["ok"]:
        good = reasons and all(re.match(r"line \d+: ", reason) for reason in reasons)
        return None if run.returncode == 1 and good else "was not refused"
    if run.returncode != 0 or reasons:
        return "was refused"
    tick = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9}[case["precision"]]
    default = int(case["default_time_ns"])
    expected = [line(point, str(default - default % tick)) for point in case["points"]]
    same = len(got) == len(expected) + 1 and all(a in b for a, b in zip(got, expected))
    return None if same else "came out otherwise: %r" % run.stdout


def main():
    phutai = sys.argv[1]
    path = os.environ.get("PHUTAI_SHARED", "../shared") + "/data/line-protocol/decode.jsonl"
    if not os.path.exists(path):
        print("the cases of data/line-protocol # SKIP " + path + " is absent")
        return 0
    with open(path, encoding="utf-8") as file:
        cases = [json.loads(text) for text in file]
    if sys.argv[2:] != ["all"]:
        cases = [case for i, case in enumerate(cases) if case["ok"] or i % 10 == 0]
        cases = cases[:: 8 if "-san/" in phutai else 1]
    failed = 0
    for case in cases:
        command = [phutai, "lineproto", "--precision", case["precision"]]
        run = subprocess.run(command, input=bytes_of(case, "text"), capture_output=True, check=False)
        why = fault(case, run)
        if why:
            failed += 1
            print(case["id"], why)
    print("%d of %d cases of decode.jsonl as expected" % (len(cases) - failed, len(cases)))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
