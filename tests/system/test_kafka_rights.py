# SPDX-License-Identifier: ISC
"""What a server may do on a broker that asks who it is: no more than docs/operations.md says, and that is enough."""
import json
import re
import socket

import pytest
from broker import OPERATIONS, Broker
from server import TOP, Server
from test_http import wait_ready

USER, PASSWORD = "placed", "not-this-one"
# Everybody on the plain listener is the administrator; the servers come by the other one, with a name.
PROPERTIES = """listeners=PLAINTEXT://127.0.0.1:@PORT@,CONTROLLER://127.0.0.1:@CONTROLLER@,SASL://127.0.0.1:{port}
advertised.listeners=PLAINTEXT://127.0.0.1:@PORT@,SASL://127.0.0.1:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL:SASL_PLAINTEXT
sasl.enabled.mechanisms=PLAIN
listener.name.sasl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_{user}="{password}";
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
"""
KEPT = [("cleanup.policy", "delete"), ("retention.ms", "-1"), ("retention.bytes", "-1")]


def documented():
    """The operations of docs/operations.md's command, and of SECURITY.md's table."""
    text = (TOP / "docs/operations.md").read_text()
    command = re.search(r"kafka-acls\.sh.*?done", text, re.S)[0]
    table = re.search(r"^\| topic `TOPIC` and topic `TOPIC.control` \| (.*) \|$", (TOP / "SECURITY.md").read_text(), re.M)[1]
    operations = re.findall(r"--operation (\w+)", command)
    assert sorted(operations) == sorted(table.split(", "))
    return operations


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


@pytest.mark.heavy
@pytest.mark.limit(150)
def test_the_rights_that_the_documents_name_are_enough_and_without_them_nothing_goes(tmp_path):
    folder = tmp_path / "kafka"
    folder.mkdir()
    port = free_port()
    (folder / "more.properties").write_text(PROPERTIES.format(port=port, user=USER, password=PASSWORD))
    broker = Broker(folder)
    servers = []

    def server(topic, password=PASSWORD):
        config = tmp_path / f"config{len(servers)}"
        config.write_text(f"[kafka]\nsecurity.protocol = SASL_PLAINTEXT\nsasl.mechanisms = PLAIN\nsasl.username = {USER}\n"
                          f"sasl.password = {password}\n")
        config.chmod(0o600)
        servers.append(Server(tmp_path / f"data{len(servers)}", log=f"kafka://127.0.0.1:{port}/{topic}",
                              args=["--config", str(config)]))
        return servers[-1]

    try:
        broker.start()
        for topic in ("canvas", "canvas.control", "other", "other.control"):
            broker.create_topic(topic, settings=[*KEPT, ("message.timestamp.type", "LogAppendTime")])
            for operation in documented() if topic.startswith("canvas") else ():
                assert operation in OPERATIONS
                broker.allow(USER, topic, operation)
        allowed = server("canvas").start()
        wait_ready(allowed)
        assert allowed.request("POST", "/edit?x=1&y=2&c=3").status == 200
        token = (allowed.data / "token").read_text().strip()
        answer = allowed.request("POST", "/control/freeze", {"Authorization": f"Bearer {token}", "Content-Type":
                                                             "application/json"}, json.dumps({"on": True}), kind="admin")
        assert answer.status == 200 and json.loads(answer.body)["action"] > 0, answer.body
        assert allowed.request("POST", "/edit?x=1&y=2&c=3").status == 403
        assert len(broker.records("canvas")) == 1 and len(broker.records("canvas.control")) >= 2
        assert PASSWORD not in allowed.stderr()
        for refused in (server("other"), server("unknown"), server("canvas", "wrong")):
            status, said = refused.run_to_exit()
            assert status == 1 and re.search("authori|authenti", said, re.I), said
            assert "wrong" not in said and PASSWORD not in said
        assert not broker.records("other")
    finally:
        for each in servers:
            each.close()
        broker.stop(kill=True)
    assert not any(each.reports for each in servers), [each.reports for each in servers]
