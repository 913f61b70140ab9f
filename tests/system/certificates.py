# SPDX-License-Identifier: ISC
"""certificates: made by the openssl command, put where a server reads them, and the contexts that clients use."""
import os
import pathlib
import shutil
import ssl
import subprocess

from patience import patient

KEYS = {"ec": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"], "rsa": ["-newkey", "rsa:2048"]}


class Certificate:
    """One of its own, with its key."""

    def __init__(self, folder, name, kind="ec", host="DNS:placed.test"):
        self.cert = pathlib.Path(folder) / f"{name}.pem"
        self.key = pathlib.Path(folder) / f"{name}.key"
        subprocess.run(["openssl", "req", "-x509", *KEYS[kind], "-noenc", "-days", "2", "-subj", f"/CN={name}",
                        "-addext", f"subjectAltName={host}", "-keyout", str(self.key), "-out", str(self.cert)],
                       check=True, timeout=patient(60), stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.der = ssl.PEM_cert_to_DER_cert(self.cert.read_text())


class Place:
    """The two files that a server is told to read."""

    def __init__(self, folder):
        self.cert = pathlib.Path(folder) / "cert.pem"
        self.key = pathlib.Path(folder) / "key.pem"
        self.args = ["--tls-cert", str(self.cert), "--tls-key", str(self.key)]

    def put(self, cert, key):
        """Files, or bytes; None: there is no such file."""
        for to, what in ((self.cert, cert), (self.key, key)):
            new = to.with_suffix(".new")
            if what is None:
                to.unlink()
            elif isinstance(what, bytes):
                new.write_bytes(what)
                os.replace(new, to)
            else:
                shutil.copy(what, new)
                os.replace(new, to)


def context(alpn=(), lowest=ssl.TLSVersion.TLSv1_2, highest=ssl.TLSVersion.TLSv1_3, ciphers=None):
    """A client's; it believes any certificate, the tests compare them byte by byte."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    if ciphers:
        made.set_ciphers(ciphers)
    made.minimum_version, made.maximum_version = lowest, highest
    if alpn:
        made.set_alpn_protocols(alpn)
    return made


def client_hello():
    """The first bytes of a client."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    talk = context().wrap_bio(incoming, outgoing, server_hostname="placed.test")
    try:
        talk.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()
