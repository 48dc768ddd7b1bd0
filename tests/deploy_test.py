#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What can be said of etc/compose, etc/kubernetes and the units without an
engine or a cluster: names in one file refer to something in another, the
program accepts the configurations in them, and what is strict stays so. The
binary comes from the environment variable MTA_STSD."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

try:
    import yaml
except ImportError:
    yaml = None

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/e2e"))

from sender_tools import environment, find_tool, missing_tools  # noqa: E402

NO_KUBECTL = missing_tools("kubectl")
KUBERNETES = ROOT / "etc/kubernetes"
COMPOSE = ROOT / "etc/compose"
DEHYDRATED = ROOT / "etc/dehydrated"
LIMIT_SECONDS = 60
USER = 65532
GROUP = "mta-stsd-certs"


# What the program works in, whatever its clients do.
MIN_OCTETS = 64 << 20
UNITS = {"m": 1 << 20, "M": 1 << 20, "Mi": 1 << 20}


def octets(text):
    number, unit = re.fullmatch(r"([0-9]+)([A-Za-z]+)", text).groups()
    return int(number) * UNITS[unit]


def shell_settings(path):
    return dict(re.findall("(?m)^([A-Z_]+)=(.*)$", path.read_text()))


def check(*arguments, cwd):
    """What `check` says of the policies, with every warning an error."""
    return subprocess.run(
        [os.environ["MTA_STSD"], "-c", *arguments, "check", "--policies-only",
         "--strict"], cwd=cwd, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=LIMIT_SECONDS)


@unittest.skipUnless(yaml, "python3-yaml is not installed")
class ComposeTest(unittest.TestCase):
    def recipes(self):
        files = sorted(COMPOSE.glob("*/compose.yaml"))
        self.assertEqual([file.parent.name for file in files],
                         ["caddy", "certbot", "dehydrated", "publish",
                          "reports", "traefik"])
        for file in files:
            yield file.parent, yaml.safe_load(file.read_text())

    def test_configuration_is_good(self):
        for folder, _ in self.recipes():
            done = check("mta-stsd/mta-stsd.toml", cwd=folder)
            self.assertEqual((done.returncode, done.stderr), (0, ""), folder)

    def test_mounts_exist(self):
        for folder, recipe in self.recipes():
            for service in recipe["services"].values():
                for mount in service["volumes"]:
                    source = mount.partition(":")[0]
                    if source.startswith("./"):
                        self.assertTrue((folder / source).is_dir(), mount)
                        self.assertTrue(mount.endswith(":ro"), mount)
                    else:
                        self.assertIn(source, recipe["volumes"])

    def test_it_is_strict(self):
        for folder, recipe in self.recipes():
            service = recipe["services"]["mta-stsd"]
            self.assertTrue((folder / service["build"] / "Dockerfile").exists())
            self.assertTrue(service["read_only"])
            self.assertEqual(service["cap_drop"], ["ALL"])
            self.assertEqual(service["security_opt"],
                             ["no-new-privileges:true"])
            self.assertNotIn("environment", service)
            self.assertGreaterEqual(octets(service["mem_limit"]), MIN_OCTETS)

    def test_dehydrated_and_its_host_agree(self):
        folder = COMPOSE / "dehydrated"
        services = yaml.safe_load(
            (folder / "compose.yaml").read_text())["services"]
        self.assertIn("acme:/acme:ro", services["mta-stsd"]["volumes"])
        self.assertIn("acme:/acme", services["dehydrated"]["volumes"])
        for service in services.values():
            self.assertTrue(service["read_only"])
            self.assertEqual(service["cap_drop"], ["ALL"])
        settings = shell_settings(folder / "dehydrated/config")
        config = (folder / "mta-stsd/mta-stsd.toml").read_text()
        self.assertIn(f'challenges = "{settings["ALPNCERTDIR"]}"\n', config)
        self.assertIn(f'certificates = ["{settings["BASEDIR"]}/certs"]\n',
                      config)
        # Whom mta-stsd is in its image owns what is written for it.
        image = (folder / "dehydrated/Dockerfile").read_text()
        self.assertIn(f"\nUSER {USER}:{USER}\n", image)
        for place in (settings["ALPNCERTDIR"], settings["BASEDIR"] + "/certs"):
            self.assertRegex(
                image, rf"install -d -o {USER} -g {USER} .*{place}\b")

    def test_records_are_published_by_another(self):
        services = yaml.safe_load(
            (COMPOSE / "publish/compose.yaml").read_text())["services"]
        publish = services["publish"]
        self.assertEqual(publish["command"], ["publish", "--watch"])
        image = (ROOT / "Dockerfile").read_text()
        self.assertIn(f" AS {publish['build']['target']}\n", image)
        self.assertTrue(publish["read_only"])
        self.assertEqual(publish["cap_drop"], ["ALL"])
        self.assertGreaterEqual(octets(publish["mem_limit"]), MIN_OCTETS)
        # The policy host never sees the key of the name server.
        self.assertNotIn("keys:/keys:ro", services["mta-stsd"]["volumes"])
        self.assertIn("keys:/keys:ro", publish["volumes"])
        config = (COMPOSE / "publish/mta-stsd/mta-stsd.toml").read_text()
        self.assertIn('key = "/keys/tsig.key"\n', config)

    def test_reports_are_read_where_no_stranger_gets(self):
        """Three programs that share the spool and nothing else."""
        folder = COMPOSE / "reports"
        services = yaml.safe_load(
            (folder / "compose.yaml").read_text())["services"]
        self.assertEqual(set(services), {"mta-stsd", "collect", "import"})
        for name, service in services.items():
            self.assertTrue(service["read_only"])
            self.assertEqual(service["cap_drop"], ["ALL"])
            self.assertGreaterEqual(octets(service["mem_limit"]), MIN_OCTETS)
            written = {mount.split(":")[0] for mount in service["volumes"]
                       if not mount.endswith(":ro")}
            self.assertEqual(written, {"mta-stsd": set(), "collect": {"spool"},
                                       "import": {"spool", "reports"}}[name])
        self.assertEqual(services["collect"]["command"], ["collect"])
        # The one that takes apart what strangers sent.
        taker = services["import"]
        self.assertEqual(taker["network_mode"], "none")
        self.assertNotIn("ports", taker)
        for secret in ("certificates", "tokens"):
            self.assertFalse([one for one in taker["volumes"]
                              if one.startswith(secret)])
        self.assertIn("mta-sts reports import;", taker["command"][0])
        image = (ROOT / "Dockerfile").read_text()
        self.assertIn(f" AS {taker['build']['target']}\n", image)
        for place in ("/image/spool;", "/spool\n", "/reports /spool\n"):
            self.assertIn(f"install -d -o {USER} -g {USER} -m 750 {place}",
                          image)
        config = (folder / "mta-stsd/mta-stsd.toml").read_text()
        self.assertIn('spool = "/spool"\ndatabase = "/reports/', config)
        self.assertIn('host = "tls-reports.example.com"\n', config)
        self.assertIn('tls_rpt = ["https://tls-reports.example.com/', config)

    def test_plain_http_is_for_the_proxy_alone(self):
        for name in ("caddy", "traefik"):
            recipe = yaml.safe_load((COMPOSE / name / "compose.yaml")
                                    .read_text())
            service = recipe["services"]["mta-stsd"]
            self.assertNotIn("ports", service)
            self.assertEqual(service["networks"], ["policies"])
            self.assertTrue(recipe["networks"]["policies"]["internal"])
            self.assertIn("policies", recipe["services"][name]["networks"])
            said = "".join(file.read_text() for file
                           in (COMPOSE / name / name).iterdir())
            self.assertIn("mta-stsd:8080", said)


@unittest.skipUnless(yaml, "python3-yaml is not installed")
class KubernetesTest(unittest.TestCase):
    def setUp(self):
        self.base = self.load(KUBERNETES / "base")

    def load(self, folder):
        """The resources of a kustomization by their kind and name."""
        overview = yaml.safe_load((folder / "kustomization.yaml").read_text())
        found = {}
        for name in overview["resources"]:
            if not (folder / name).is_dir():
                one = yaml.safe_load((folder / name).read_text())
                found[one["kind"], one["metadata"]["name"]] = one
        used = {*overview["resources"], "kustomization.yaml",
                *(patch["path"] for patch in overview.get("patches", ()))}
        self.assertEqual({file.name for file in folder.iterdir()} - used,
                         set(), "files that no kustomization names")
        return found

    def spec(self, kind):
        return self.base[kind, "mta-stsd"]["spec"]

    def pod(self):
        return self.spec("Deployment")["template"]["spec"]

    def test_volumes_exist(self):
        volumes = {one["name"]: one for one in self.pod()["volumes"]}
        mounts = self.pod()["containers"][0]["volumeMounts"]
        self.assertEqual(set(volumes), {one["name"] for one in mounts})
        for mount in mounts:
            self.assertTrue(mount["readOnly"])
            self.assertNotIn("subPath", mount)
        for volume in volumes.values():
            if "configMap" in volume:
                self.assertIn(("ConfigMap", volume["configMap"]["name"]),
                              self.base)
        self.assertEqual(volumes["certificates"]["secret"]["secretName"],
                         self.spec("Certificate")["secretName"])

    def test_key_is_for_the_group_alone(self):
        secret = next(one["secret"] for one in self.pod()["volumes"]
                      if "secret" in one)
        self.assertEqual(secret["defaultMode"], 0o440)
        self.assertEqual(self.pod()["securityContext"]["fsGroup"], USER)

    def test_selectors_find_the_pods(self):
        labels = self.spec("Deployment")["template"]["metadata"]["labels"]
        self.assertEqual(self.spec("Service")["selector"], labels)
        for kind, key in (("Deployment", "selector"),
                          ("PodDisruptionBudget", "selector"),
                          ("NetworkPolicy", "podSelector")):
            self.assertEqual(self.spec(kind)[key], {"matchLabels": labels})
        for one in self.pod()["topologySpreadConstraints"]:
            self.assertEqual(one["labelSelector"], {"matchLabels": labels})
        target = self.spec("HorizontalPodAutoscaler")["scaleTargetRef"]
        self.assertIn((target["kind"], target["name"]), self.base)

    def test_ports_exist(self):
        container = self.pod()["containers"][0]
        ports = {one["name"]: one["containerPort"]
                 for one in container["ports"]}
        config = self.base["ConfigMap", "mta-stsd"]["data"]["mta-stsd.toml"]
        for number in ports.values():
            self.assertIn(f'"[::]:{number}"', config)
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            self.assertEqual(container[probe]["httpGet"],
                             {"path": "/livez", "port": "operations"})
        service = self.spec("Service")["ports"][0]
        self.assertEqual((service["port"], service["targetPort"]),
                         (443, "https"))
        named = [port["port"] for rule in self.spec("NetworkPolicy")["ingress"]
                 for port in rule["ports"]]
        self.assertEqual(set(named), set(ports))

    def test_it_is_restricted(self):
        pod, container = self.pod(), self.pod()["containers"][0]
        self.assertTrue(pod["securityContext"]["runAsNonRoot"])
        self.assertEqual(pod["securityContext"]["runAsUser"], USER)
        self.assertEqual(pod["securityContext"]["seccompProfile"],
                         {"type": "RuntimeDefault"})
        self.assertEqual(container["securityContext"], {
            "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]}})
        self.assertFalse(pod["automountServiceAccountToken"])
        self.assertNotIn("env", container)
        self.assertEqual(self.spec("NetworkPolicy")["egress"], [])

    def test_memory_is_limited(self):
        self.assertGreaterEqual(
            octets(self.pod()["containers"][0]["resources"]["limits"]
                   ["memory"]), MIN_OCTETS)

    def test_configuration_is_good(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            for name in ("mta-stsd", "mta-stsd-policies"):
                data = self.base["ConfigMap", name]["data"]
                (folder / name).mkdir()
                for file, text in data.items():
                    (folder / name / file).write_text(text.replace(
                        '"/policies/', f'"{folder}/mta-stsd-policies/'))
            done = check("mta-stsd/mta-stsd.toml", cwd=folder)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("1 policy domain,", done.stdout)

    def test_ways_in(self):
        patch = yaml.safe_load(
            (KUBERNETES / "load-balancer/service.yaml").read_text())
        self.assertIn((patch["kind"], patch["metadata"]["name"]), self.base)
        self.load(KUBERNETES / "load-balancer")
        ingress = self.load(KUBERNETES / "ingress")["Ingress", "mta-stsd"]
        rule = ingress["spec"]["rules"][0]
        self.assertIn(rule["host"], self.spec("Certificate")["dnsNames"])
        service = rule["http"]["paths"][0]["backend"]["service"]
        self.assertIn(("Service", service["name"]), self.base)
        self.assertEqual(service["port"]["name"],
                         self.spec("Service")["ports"][0]["name"])

    def test_every_kustomization_can_be_built(self):
        overviews = sorted(KUBERNETES.rglob("kustomization.yaml"))
        self.assertEqual([file.parent.relative_to(KUBERNETES).as_posix()
                          for file in overviews],
                         ["base", "ingress", ".", "load-balancer"])
        for overview in overviews:
            told = yaml.safe_load(overview.read_text())
            for name in [*told["resources"], *(
                    one["path"] for one in told.get("patches", ()))]:
                self.assertTrue((overview.parent / name).exists(), name)

    @unittest.skipIf(NO_KUBECTL, NO_KUBECTL)
    def test_kustomize_agrees(self):
        """What it makes of the default way in has all of the base."""
        built = subprocess.run(
            [find_tool("kubectl"), "kustomize", KUBERNETES], check=True,
            capture_output=True, text=True, timeout=LIMIT_SECONDS,
            env=environment()).stdout
        found = {(one["kind"], one["metadata"]["name"]): one
                 for one in yaml.safe_load_all(built)}
        self.assertEqual(set(found), set(self.base))
        self.assertEqual(found["Service", "mta-stsd"]["spec"]["type"],
                         "LoadBalancer")


class DehydratedTest(unittest.TestCase):
    """etc/dehydrated; tests/acme/run runs it."""

    def setUp(self):
        self.settings = shell_settings(DEHYDRATED / "config")
        self.unit = (DEHYDRATED / "mta-stsd-certificates.service").read_text()

    def test_it_writes_where_the_policy_host_reads(self):
        places = re.search("(?m)^ReadWritePaths=(.*)$", self.unit)[1].split()
        challenges = self.settings["ALPNCERTDIR"]
        self.assertEqual(places, ["/etc/mta-stsd/certs", challenges])
        self.assertIn("StateDirectory=" + self.settings["BASEDIR"]
                      .removeprefix("/var/lib/"), self.unit)
        text = (ROOT / "docs/deploy.md").read_text()
        self.assertIn(f'    challenges = "{challenges}"\n', text)
        self.assertIn(f"install -d -m 2750 -g {GROUP} {challenges}\n", text)

    def test_keys_are_for_the_group_alone(self):
        self.assertIn(f"SupplementaryGroups={GROUP}\n", (
            ROOT / "etc/systemd/mta-stsd.service").read_text())
        hook = (DEHYDRATED / "hook").read_text()
        self.assertTrue(os.access(DEHYDRATED / "hook", os.X_OK))
        self.assertEqual(re.findall(r"install -?d? ?-m (\d+) -g (\S+)", hook),
                         [("2750", GROUP), ("0640", GROUP), ("0640", GROUP)])

    def test_places_exist(self):
        there = "/etc/mta-stsd/dehydrated/"
        named = {name for text in (self.unit, *self.settings.values())
                 for name in re.findall(there + r"([\w.]+)", text)}
        self.assertEqual(named, {"config", "domains.txt", "hook"})
        for name in named:
            self.assertTrue((DEHYDRATED / name).is_file(), name)

    def test_uacme_writes_where_dehydrated_does(self):
        hook, renew = ((ROOT / "etc/uacme" / name).read_text()
                       for name in ("hook", "renew"))
        self.assertIn(f"\nchallenges={self.settings['ALPNCERTDIR']}\n", hook)
        self.assertIn(f"\nstate={self.settings['BASEDIR']}\n", renew)
        self.assertIn("\ncertificates=/etc/mta-stsd/certs\n", renew)
        self.assertEqual(re.findall(r"install -?d? ?-m (\d+) ", renew),
                         ["2750", "0640", "0640"])


class UnitTest(unittest.TestCase):
    def test_memory_is_limited(self):
        for unit in (ROOT / "etc/systemd").glob("*.service"):
            found = re.findall("^MemoryMax=(.*)$", unit.read_text(),
                               re.MULTILINE)
            self.assertEqual(len(found), 1, unit)
            self.assertGreaterEqual(octets(found[0]), MIN_OCTETS)

    def test_units_of_the_tool_are_as_strict(self):
        """As strict as the policy host is, but for the network."""
        units = {name: set((ROOT / f"etc/systemd/{name}").read_text()
                           .splitlines())
                 for name in ("mta-stsd.service", "mta-stsd-collect.service",
                              "mta-sts-publish.service",
                              "mta-sts-reports.service",
                              "mta-sts-verify.service")}
        strict = {line for line in units["mta-stsd.service"] if re.match(
            "(Capability|Lock|Memory(?!Max)|NoNew|Private|Proc|Protect|Remove|"
            "Restrict(?!Address)|SystemCall|UMask|DynamicUser)", line)}
        self.assertGreater(len(strict), 20)
        # One user with the mail server.
        units["mta-sts-reports.service"].add("DynamicUser=yes")
        # A spool that its group reads.
        units["mta-stsd-collect.service"].add("UMask=0077")
        for name, lines in units.items():
            self.assertEqual(strict - lines, set(), name)

    def test_what_is_collected_is_for_the_group_of_the_importer(self):
        unit = (ROOT / "etc/systemd/mta-stsd-collect.service").read_text()
        self.assertIn("\nUMask=0007\n", unit)
        self.assertIn("\nReadWritePaths=/var/spool/mta-stsd\n", unit)
        self.assertIn("\nSupplementaryGroups=mta-stsd-certs mta-sts-reports\n",
                      unit)
        (made,) = re.findall("install -d -m 2770 -g (.*)$", unit, re.MULTILINE)
        self.assertEqual(made, "mta-sts-reports /var/spool/mta-stsd")
        self.assertIn(made, (ROOT / "docs/deploy.md").read_text())

    def test_the_timer_has_its_service(self):
        timer = (ROOT / "etc/systemd/mta-sts-verify.timer").read_text()
        self.assertIn("Persistent=yes\n", timer)
        unit = (ROOT / "etc/systemd/mta-sts-verify.service").read_text()
        # By rename: a reader never sees half of it.
        self.assertRegex(unit, r"mv (\S+)\.new \1'\n")
        self.assertIn("SuccessExitStatus=1 3\n", unit)

    def test_reports_are_read_by_who_has_the_database(self):
        """By mail, by timer and by hand: one user, one folder."""
        unit = (ROOT / "etc/systemd/mta-sts-reports.service").read_text()
        self.assertIn("User=mta-sts-reports\nStateDirectory=mta-sts\n", unit)
        self.assertIn("PrivateNetwork=yes\n", unit)
        # It would move the folder to where the mail server can't go.
        self.assertNotIn("\nDynamicUser=", unit)
        self.assertRegex(unit, r"mv (\S+)\.new \1'\n")
        pipe = (ROOT / "etc/postfix/master.cf").read_text()
        self.assertIn(" user=mta-sts-reports directory=/var/lib/mta-sts\n",
                      pipe)
        self.assertIn("/usr/bin/mta-sts reports import - || exit 75 }\n",
                      pipe)
        self.assertIn("\nmta-sts-reports unix ", pipe)
        routes = (ROOT / "etc/postfix/mta-sts-reports").read_text()
        self.assertIn(" mta-sts-reports:\n", routes)
        text = (ROOT / "docs/deploy.md").read_text()
        self.assertIn('    database = "/var/lib/mta-sts/reports.db"\n', text)
        made = re.findall(r"useradd --system --home-dir /var/lib/mta-sts "
                          r"--create-home \\\n\S* +--skel /dev/null "
                          r"--shell /usr/sbin/nologin mta-sts-reports\n",
                          re.sub("(?m)^#", "", pipe + unit) + text)
        self.assertEqual(len(made), 3)
        path = (ROOT / "etc/systemd/mta-sts-reports.path").read_text()
        spool = re.search("PathChanged=(.*)/new\n", path)[1]
        self.assertIn(f'    spool = "{spool}"\n', text)
        self.assertIn(f"ReadWritePaths=-{spool}\n", unit)

    def test_commands_in_the_documents_limit_it(self):
        text = (ROOT / "docs/deploy.md").read_text()
        commands = re.findall(r"docker run -d (?:.*\\\n)*.*", text)
        self.assertTrue(commands)
        for command in commands:
            found = re.search(r" -m ([0-9a-z]+) ", command)
            self.assertTrue(found, command)
            self.assertGreaterEqual(octets(found[1]), MIN_OCTETS)


if __name__ == "__main__":
    unittest.main()
