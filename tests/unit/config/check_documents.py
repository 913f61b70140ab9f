#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""check_documents: --help, the sample configuration and the man page name the same options."""
import os
import re
import subprocess
import sys
import tempfile

SHOW, SAMPLE, MANUAL, PROGRAM = sys.argv[1:5]
NOT_IN_THE_FILE = {"config", "check-config", "rotate-secret", "version", "help"}
# What has no default, where the sample shows an example instead; and lines that the examples must lead to.
NO_DEFAULT, EXAMPLES = {
    "placed": (
        {"web", "tls-cert", "tls-key", "origin", "trust-proxy", "public-address", "template-sources", "secret", "sso-header"},
        ("web /usr/share/placed/client-web", "tls /etc/placed/cert.pem /etc/placed/key.pem",
         "origin https://canvas.example", "kafka sasl.mechanism SCRAM-SHA-512")),
    "placed-render": (
        {"web", "map", "pictures"},
        ("web /usr/share/placed/client-render", "map world /usr/share/placed/world.xml",
         "pictures /srv/placed-pictures",
         "kafka sasl.mechanism SCRAM-SHA-512")),
}[PROGRAM]

environment = {k: v for k, v in os.environ.items() if not k.startswith("PLACED_")}


def show(*arguments):
    done = subprocess.run([SHOW, *arguments], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, (arguments, done.stderr)
    return done.stdout


def uncommented(text, leave_out):
    lines = []
    for line in text.splitlines():
        pair = re.match(r"#([a-z.-]+) = ", line)
        lines.append(line[1:] if pair and pair[1] not in leave_out else line)
    return "\n".join(lines) + "\n"


def show_text(text):
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
        file.write(text)
        file.flush()
        return show("--config", file.name)


def same(what, a, b):
    assert a == b, f"{what}: only in the first {a - b}, only in the second {b - a}"


help_text = show("--help")
sample = open(SAMPLE).read()
manual = open(MANUAL).read()

options = re.findall(r"^  --([a-z-]+)", help_text, re.M)
assert len(options) == len(set(options)) > 15, options
options = set(options)

before_sections = sample[:sample.index("[kafka]")]
same("sample and --help", set(re.findall(r"^#([a-z-]+) = ", before_sections, re.M)),
     options - NOT_IN_THE_FILE)
same("manual and --help", set(re.findall(r"^\*--([a-z-]+)\*", manual, re.M)), options)
assert max(map(len, help_text.splitlines())) <= 100, "a line of --help is too long"

# As it stands, and with every default written out, the sample means what no file means.
defaults = show()
assert show("--config", SAMPLE) == defaults
kafka = {"security.protocol", "sasl.mechanism", "sasl.username", "sasl.password"}
assert show_text(uncommented(sample, NO_DEFAULT | kafka)) == defaults

# And the examples are good values.
everything = show_text(uncommented(sample, set()))
for line in EXAMPLES:
    assert line in everything.splitlines(), line

# The defaults that people read are those that hold.
for name, value in re.findall(r"^#([a-z-]+) = (.*)$", before_sections, re.M):
    if name not in NO_DEFAULT and name != "rebuild":
        assert re.search(rf"--{name}\b[^\n]*\n?[^\n]*\({re.escape(value)}\)", help_text), name
        section = re.search(rf"^\*--{name}\*.*?(?=^\*--|^#)", manual, re.M | re.S)[0]
        assert re.search(rf"{re.escape(value)}(?!\d)", section), (name, value)

print(f"{len(options)} options agree")
