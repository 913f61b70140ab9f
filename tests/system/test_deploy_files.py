# SPDX-License-Identifier: ISC
"""The files for containers, Kubernetes and HAProxy are what those programs take, by their own schemas and linters; and
every option that they give to a program of ours is one that it has.
"""
import re
import subprocess

import pytest
from patience import patient
from server import BUILD, TOP

LINTERS = TOP / "build/linters/bin"
CONFIG = TOP / "config"


def check(*command, **more):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=patient(120), check=False, **more)
    return done.returncode, done.stdout


def test_kubernetes_takes_the_manifests(tmp_path):
    manifest = CONFIG / "kubernetes/placed-render.yaml"
    status, said = check(LINTERS / "kubernetes-validate", "--strict", manifest)
    assert status == 0, said
    for kind in ("configmap", "deployment", "service", "ingress", "horizontalpodautoscaler"):
        assert f"{kind}/placed-render" in said
    # It would say so if it did not.
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(manifest.read_text().replace("readinessProbe:", "readynessProbe:"))
    assert check(LINTERS / "kubernetes-validate", "--strict", wrong)[0] != 0


def test_compose_takes_its_file(tmp_path):
    compose = CONFIG / "container/compose.yaml"
    status, said = check(LINTERS / "check-jsonschema", "--builtin-schema", "compose-spec", compose)
    assert status == 0, said
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(compose.read_text().replace("depends_on:", "depends_upon:"))
    assert check(LINTERS / "check-jsonschema", "--builtin-schema", "compose-spec", wrong)[0] != 0


def test_the_containerfile_has_no_faults():
    status, said = check(LINTERS / "hadolint", CONFIG / "container/Containerfile")
    assert status == 0, said


@pytest.mark.parametrize("environment", [{}, {"RENDER_BIND": "127.0.0.1:8080", "RENDER_ONE": "127.0.0.7", "RENDER_TWO": "127.0.0.8"}])
def test_haproxy_takes_its_file(environment):
    status, said = check("haproxy", "-c", "-f", CONFIG / "haproxy-render.cfg", env={"PATH": "/usr/sbin:/usr/bin", **environment})
    assert status == 0, said


def test_the_options_given_there_exist():
    """In compose.yaml --name=VALUE of a command, in the ConfigMap NAME = VALUE."""
    known = set(re.findall(r"^ *--([a-z-]+)", subprocess.run(
        [BUILD / "render/placed-render", "--help"], stdout=subprocess.PIPE, text=True, check=True).stdout, re.M))
    compose = (CONFIG / "container/compose.yaml").read_text()
    given = set(re.findall(r"^ +- --([a-z-]+)=", compose, re.M))
    assert len(given) > 5 and given <= known
    settings = (CONFIG / "kubernetes/placed-render.yaml").read_text().split("placed-render.conf: |")[1].split("---")[0]
    named = set(re.findall(r"^    ([a-z-]+) =", settings, re.M))
    assert len(named) > 5 and named <= known
