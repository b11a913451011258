#!/usr/bin/python3
"""Joins this machine to its mesh, keeps it there and takes it out.

Python's standard library alone, since an image may have no AWS CLI, and nothing newer than Python 3.9, which Amazon Linux 2023 has.
What it is to do follows from settings.json, so that it is the same on every machine.
"""
import base64
import hashlib
import hmac
import json
import os
import platform
import shutil
import socket
import ssl
import subprocess
import sys
import time
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import ProxyHandler, Request, build_opener, urlopen

HOME, RUN, TOKENS = "/etc/istio-machine", "/run/istio-machine", "/run/secrets/tokens"
META = "http://169.254.169.254/latest/"
STUB = "/run/systemd/resolve/stub-resolv.conf"
S = json.load(open(HOME + "/settings.json"))
direct = build_opener(ProxyHandler({}))


def say(text):
    print("istio-machine: " + text, flush=True)


def alert(text):
    """Says it where somebody looks: the agent's own unit writes to the journal alone."""
    say(text)
    with open("/dev/console", "w") as console:
        console.write("istio-machine: %s\r\n" % text)


def run(*command):
    subprocess.run(command, check=True)


def metadata(path):
    """What the instance is told; None where there is nothing."""
    ttl = {"X-aws-ec2-metadata-token-ttl-seconds": "60"}
    key = direct.open(Request(META + "api/token", method="PUT", headers=ttl), timeout=5).read()
    headers = {"X-aws-ec2-metadata-token": key.decode()}
    try:
        return direct.open(Request(META + "meta-data/" + path, headers=headers), timeout=5).read().decode()
    except HTTPError as error:
        if error.code == 404:
            return None
        raise


def presigned(service, query, headers=None):
    """A request that is signed in its query (https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html)."""
    role = metadata("iam/security-credentials/")
    if not role:
        raise RuntimeError("the machine has no role")
    keys = json.loads(metadata("iam/security-credentials/" + role))
    host = "%s.%s.%s" % (service, S["region"], S["domain"])
    now = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    scope = "/".join((now[:8], S["region"], service, "aws4_request"))
    headers = dict(headers or {}, host=host)
    names = ";".join(sorted(headers))
    query = dict(query)
    query.update({"X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Date": now, "X-Amz-Expires": "60"})
    query.update({"X-Amz-Credential": keys["AccessKeyId"] + "/" + scope, "X-Amz-SignedHeaders": names})
    query["X-Amz-Security-Token"] = keys["Token"]
    text = urlencode(sorted(query.items()), quote_via=quote, safe="")
    sha = lambda value: hashlib.sha256(value.encode()).hexdigest()
    lines = "".join("%s:%s\n" % (name, headers[name]) for name in sorted(headers))
    request = "\n".join(("GET", "/", text, lines, names, sha("")))
    key = ("AWS4" + keys["SecretAccessKey"]).encode()
    for part in scope.split("/") + ["\n".join(("AWS4-HMAC-SHA256", now, scope, sha(request)))]:
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return "https://%s/?%s&X-Amz-Signature=%s" % (host, text, key.hex())


def refusal(code, text):
    """What the API server says, and what is missing where it says next to nothing."""
    try:
        text = json.loads(text)["message"]
    except (KeyError, TypeError, ValueError):
        pass
    hint = "; has this machine's role an access entry in EKS?" if code == 401 else ""
    return "the API server answers %d: %s%s" % (code, text.strip()[:400], hint)


def token():
    """Asks the API server for a token of the service account, as this machine's role.

    Its credential is a request to STS with the cluster's name in a header
    (https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster).
    """
    query = {"Action": "GetCallerIdentity", "Version": "2011-06-15"}
    url = presigned("sts", query, {"x-k8s-aws-id": S["cluster"]})
    bearer = "k8s-aws-v1." + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")
    spec = {"audiences": ["istio-ca"], "expirationSeconds": S["tokenSeconds"]}
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": spec}
    path = "/api/v1/namespaces/%s/serviceaccounts/%s/token" % (S["namespace"], S["serviceAccount"])
    headers = {"Authorization": "Bearer " + bearer, "Content-Type": "application/json"}
    request = Request(S["server"] + path, json.dumps(body).encode(), headers)
    trusted = ssl.create_default_context(cafile=HOME + "/api-server.pem")
    try:
        answer = json.load(urlopen(request, timeout=15, context=trusted))
    except HTTPError as error:
        raise RuntimeError(refusal(error.code, error.read(2000).decode()))
    pending = TOKENS + "/.istio-token"
    with os.fdopen(os.open(pending, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(answer["status"]["token"])
    os.rename(pending, TOKENS + "/istio-token")


def install():
    """Brings the agent, and starts what needs it."""
    if not shutil.which("pilot-agent", path="/usr/local/bin:/usr/bin"):
        if "location" not in S:
            raise RuntimeError("the image has no Istio agent: there is no pilot-agent")
        kind = "deb" if shutil.which("dpkg") else "rpm"
        name = "istio-sidecar%s.%s" % ("-arm64" if platform.machine() == "aarch64" else "", kind)
        url = S["location"].replace("{kind}", kind) + "/" + name
        say("fetches " + url)
        data = urlopen(url, timeout=60).read()
        wanted = S.get("sha256") or urlopen(url + ".sha256", timeout=60).read().decode().split()[0]
        if hashlib.sha256(data).hexdigest() != wanted.lower():
            raise RuntimeError("%s is not what its checksum says: %s" % (url, wanted))
        file = "/var/tmp/" + name
        with open(file, "wb") as package:
            package.write(data)
        if kind == "deb":
            os.environ["DEBIAN_FRONTEND"] = "noninteractive"
            apt = ("apt-get", "-y", "-o", "DPkg::Lock::Timeout=300")
            run(*apt, "update")
            run(*apt, "-o", "Dpkg::Options::=--force-confold", "install", file)
        else:
            run("dnf", "-y", "install", file)
        os.remove(file)
    if os.path.exists(STUB) and os.path.realpath("/etc/resolv.conf") != STUB:
        # Not before the agent: its unit has a file of its own over this one, which nobody replaces there.
        run("ln", "-sfT", STUB, "/etc/resolv.conf")
    run("systemctl", "daemon-reload")
    units = ["-guard.service", "-token.timer", "-lifecycle.service"]
    run("systemctl", "start", "--no-block", "istio.service", *["istio-machine" + unit for unit in units])


def waited(what, test, most=None):
    """Asks every two seconds, and says every 30 what it waits for."""
    begin = time.monotonic()
    while not test():
        passed = time.monotonic() - begin
        if most and passed > most:
            return alert("goes on without %s after %d seconds" % (what, most))
        if int(passed) % 30 < 2:
            alert("waits for " + what)
        time.sleep(2)


def synchronised():
    show = ("timedatectl", "show", "-p", "NTPSynchronized", "--value")
    return subprocess.run(show, stdout=subprocess.PIPE).stdout.strip() == b"yes"


def listens(address):
    try:
        host, port = address.rsplit(":", 1)
        socket.create_connection((host, int(port)), 5).close()
        return True
    except OSError:
        return False


def prepare():
    """Before the agent starts, and redirects what leaves the machine."""
    os.makedirs(RUN, exist_ok=True)
    waited("a clock that is set", synchronised, S["clockSeconds"])
    waited("a token in " + TOKENS, lambda: os.path.exists(TOKENS + "/istio-token"))
    waited("istiod at " + S["istiod"], lambda: listens(S["istiod"]))
    # Through the stub everything comes to systemd-resolved, which asks the agent: nothing has to be redirected.
    dns = "ISTIO_META_ENABLE_DNS_SERVER" if os.path.exists(STUB) else "ISTIO_META_DNS_CAPTURE"
    with open(RUN + "/agent.env", "w") as file:
        file.write("ISTIO_SVC_IP=%s\n%s=true\n" % (metadata("local-ipv4"), dns))


def scaling(action, **more):
    """Tells the Auto Scaling group, and returns whether it has waited for that."""
    query = dict(more, Action=action, Version="2011-01-01", InstanceId=metadata("instance-id"))
    try:
        direct.open(presigned("autoscaling", query), timeout=15).read()
    except HTTPError as error:
        text = error.read(2000).decode()
        if error.code != 400 or "No active Lifecycle Action" not in text:
            raise RuntimeError("%s: %s %s" % (action, error, text))
        return False
    return True


def complete(hook):
    group = {"AutoScalingGroupName": S["group"], "LifecycleHookName": hook}
    return scaling("CompleteLifecycleAction", LifecycleActionResult="CONTINUE", **group)


def ready():
    try:
        return direct.open("http://127.0.0.1:15021/healthz/ready", timeout=2).status == 200
    except OSError:
        return False


def look(known):
    """One look at what the group wants of this machine, and at its agent."""
    state, now = metadata("autoscaling/target-lifecycle-state"), time.monotonic()
    if state != known["state"]:
        known.update(state=state, joined=None, told=False)
    away, drain = state not in (None, "InService"), RUN + "/drain"
    if away and not os.path.exists(drain):
        say("leaves the mesh: " + state)
        open(drain, "w").close()
    elif not away and os.path.exists(drain):
        os.remove(drain)
    ends = state in ("Terminated", "Warmed:Terminated")
    if ready():
        known["seen"] = now
        if not known["joined"]:
            known["joined"] = now
            if not away:
                subprocess.run(("resolvectl", "flush-caches"), stderr=subprocess.DEVNULL)
                say("is in the mesh")
        if state not in (None, "Standby", "Detached") and not ends and not known["told"]:
            # The hook may come a little later than the state that it is for.
            known["told"] = complete("launch") or now - known["joined"] > 60
    elif known["joined"] and not away and now - known["seen"] > S["unhealthySeconds"]:
        say("the agent has not been ready for %d seconds: the machine is to be replaced" % S["unhealthySeconds"])
        scaling("SetInstanceHealth", HealthStatus="Unhealthy")
    if ends:
        time.sleep(S["drainSeconds"])
        run("systemctl", "stop", "istio.service")
        complete("terminate")
        say("has left the mesh")
        time.sleep(600)


def lifecycle():
    os.makedirs(RUN, exist_ok=True)
    known = {"state": "", "seen": time.monotonic()}
    while True:
        try:
            look(known)
        except Exception as error:
            say("asks the Auto Scaling group again: %s" % error)
        time.sleep(5)


if __name__ == "__main__":
    word = sys.argv[1]
    try:
        {"token": token, "install": install, "prepare": prepare, "lifecycle": lifecycle}[word]()
    except Exception as error:
        (alert if word == "prepare" else say)("%s failed, and is tried again: %s" % (word, error))
        sys.exit(1)
