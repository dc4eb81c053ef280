"""TLS on the way to the central store: it is verified, or nothing is sent."""

import json
import subprocess

import pytest
from conftest import (
    BUILD,
    MongoServer,
    Server,
    card,
    free_port,
    status,
    tamtap,
    terminal_arguments,
    wait_until,
)


def openssl(*arguments):
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


class Authority:
    """A certificate authority of the test's own."""

    def __init__(self, directory, name):
        self.directory = directory
        self.certificate = directory / f"{name}.pem"
        self.key = directory / f"{name}.key"
        openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "2", "-subj", f"/CN={name}", "-keyout", self.key, "-out", self.certificate,
        )  # fmt: skip

    def issue(self, name, alternative):
        key, request = self.directory / f"{name}.key", self.directory / f"{name}.csr"
        extensions, chain = self.directory / f"{name}.ext", self.directory / f"{name}.pem"
        openssl(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-subj", f"/CN={name}", "-keyout", key, "-out", request,
        )  # fmt: skip
        extensions.write_text(f"subjectAltName={alternative}\n")
        openssl(
            "x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key,
            "-CAcreateserial", "-days", "2", "-extfile", extensions, "-out", chain,
        )  # fmt: skip
        return chain, key


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path, "school")


@pytest.fixture
def other_authority(tmp_path):
    return Authority(tmp_path, "stranger")


class TlsMongoServer(MongoServer):
    def __init__(self, directory, certificate):
        super().__init__(directory)
        self.certificate, self.key = certificate

    def run(self):
        binary = BUILD / "tests" / "mongodb_server"
        self.process = subprocess.Popen(
            [binary, "--port", str(self.port), "--data", self.directory,
             "--tls-certificate", self.certificate, "--tls-key", self.key],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        wait_until(self.answers, 30, "the MongoDB-compatible server answers")
        return self

    def uri_with(self, options, host="127.0.0.1"):
        return f"mongodb://{host}:{self.port}/tamtap?{options}"


@pytest.fixture
def tls_mongo(tmp_path):
    servers = []

    def make(certificate):
        servers.append(TlsMongoServer(tmp_path / f"mongo{len(servers)}", certificate).run())
        return servers[-1]

    yield make
    for server in servers:
        server.stop()


def expect_stored(terminal, data):
    terminal.type(card(1), card(2))
    assert {ack["verdict"] for ack in terminal.acks(2)} == {"accepted"}
    wait_until(lambda: status(data)["confirmed"] == 2, 15, f"confirmed: {terminal.log}")


def expect_refused(terminal, data, *words):
    """Taps are taken all the same, none is sent, and the log says why."""
    terminal.type(card(1), card(2))
    assert {ack["verdict"] for ack in terminal.acks(2)} == {"accepted"}
    said = lambda: [line for line in terminal.log if all(word in line for word in words)]
    wait_until(said, 20, f"{words} is said")
    print(said()[0])
    assert status(data)["pending"] == 2
    terminal.stop()


def test_mongodb_over_tls_with_the_right_authority_stores_taps(
    start, school, tls_mongo, authority
):
    mongo = tls_mongo(authority.issue("mongo", "IP:127.0.0.1,DNS:localhost"))
    for host in ("127.0.0.1", "localhost"):
        data = school(f"data-{host}")
        uri = mongo.uri_with(f"tls=true&tlsCAFile={authority.certificate}", host)
        expect_stored(start(*terminal_arguments(data, uri)), data)


def test_mongodb_whose_certificate_does_not_verify_gets_nothing(
    start, school, tls_mongo, authority, other_authority
):
    ours = tls_mongo(authority.issue("mongo", "IP:127.0.0.1,DNS:localhost"))
    elsewhere = tls_mongo(authority.issue("elsewhere", "DNS:mongo.example.org"))
    cases = {
        "wrong authority": ours.uri_with(f"tls=true&tlsCAFile={other_authority.certificate}"),
        "an authority that only the test knows": ours.uri_with("tls=true"),
        "wrong host": elsewhere.uri_with(f"tls=true&tlsCAFile={authority.certificate}"),
        "wrong host name": elsewhere.uri_with(
            f"tls=true&tlsCAFile={authority.certificate}", "localhost"
        ),
    }
    datas = [school(f"data-{name}".replace(" ", "-")) for name in cases]
    terminals = [
        start(*terminal_arguments(data, uri)) for data, uri in zip(datas, cases.values())
    ]
    for terminal, data in zip(terminals, datas):
        expect_refused(terminal, data, "certificate", "tlsCAFile")


def test_neither_side_of_mongodb_falls_back_to_plain_text(
    start, school, mongo, tls_mongo, authority
):
    mongo.run()
    plain_data, secure_data = school("data-plain"), school("data-secure")
    uri = f"{mongo.uri}?tls=true&tlsCAFile={authority.certificate}"
    to_plain = start(*terminal_arguments(plain_data, uri))
    secure = tls_mongo(authority.issue("mongo", "IP:127.0.0.1"))
    to_secure = start(*terminal_arguments(secure_data, secure.uri))
    expect_refused(to_plain, plain_data, "does this server speak TLS?")
    expect_refused(to_secure, secure_data, "tls=true")
    assert mongo_is_empty(mongo)


def mongo_is_empty(mongo):
    import pymongo

    return pymongo.MongoClient(mongo.uri)["tamtap"]["attendance"].count_documents({}) == 0


class TlsServer(Server):
    """`tamtap server` that speaks TLS; its own requests go unencrypted to nobody."""

    def __init__(self, start, data, authority, certificate):
        super().__init__(start, data)
        self.authority = authority
        self.certificate, self.key = certificate
        self.url = f"https://127.0.0.1:{self.port}"

    def run(self):
        self.process = self.start(
            "server", "--data", self.data, "--listen", f"127.0.0.1:{self.port}",
            "--tls-certificate", self.certificate, "--tls-key", self.key,
        )  # fmt: skip
        wait_until(self.listens, 20, f"the server listens: {self.process.log}")
        return self

    def listens(self):
        import socket

        with socket.socket() as connection:
            return connection.connect_ex(("127.0.0.1", self.port)) == 0

    def credentials(self, terminal_data, name="gate-1"):
        """As `tamtap enroll` would leave them."""
        token = tamtap("terminals", "add", name, "--data", self.data).stdout.strip()
        environment = {"SSL_CERT_FILE": str(self.authority.certificate)}
        done = subprocess.run(
            [BUILD / "tamtap", "enroll", self.url, token, "--data", terminal_data],
            capture_output=True, text=True, timeout=60, env=environment,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert json.loads((terminal_data / "credentials.json").read_text())["secret"]


def test_the_uplink_to_our_server_verifies_chain_and_name(
    start, school, tmp_path, authority, other_authority
):
    right = TlsServer(
        start, tmp_path / "server", authority, authority.issue("gate", "IP:127.0.0.1")
    ).run()
    data = school("data-right")
    right.credentials(data)
    trust = lambda ca: {"SSL_CERT_FILE": str(ca.certificate)}
    expect_stored(
        start(*terminal_arguments(data, right.url), environment=trust(authority)), data
    )
    secret = (data / "credentials.json").read_text()

    def terminal(name, url, environment):
        data = school(f"data-{name}")
        (data / "credentials.json").write_text(secret)
        (data / "credentials.json").chmod(0o600)
        return start(*terminal_arguments(data, url), environment=environment), data

    expect_refused(*terminal("authority", right.url, trust(other_authority)), "certificate")
    expect_refused(
        *terminal("name", right.url.replace("127.0.0.1", "localhost"), trust(authority)),
        "certificate", "localhost",
    )  # fmt: skip
    # In plain text to a server that speaks TLS: no tap and no secret of any use goes out twice.
    expect_refused(
        *terminal("plain", right.url.replace("https", "http"), trust(authority)), "127.0.0.1"
    )
