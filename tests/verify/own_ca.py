# SPDX-License-Identifier: MIT
"""A CA for one world: a root, an intermediate, and leaves with every fault that
a certificate can have. Made by openssl; all leaves of a kind share a key."""

import datetime
import hashlib
import pathlib
import subprocess

CONFIG = """
[ca]
default_ca = own
[own]
database = {folder}/index
new_certs_dir = {folder}
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
copy_extensions = none
[any]
commonName = optional
organizationName = optional
[req]
distinguished_name = any_name
[any_name]
"""
ISSUER = "http://ca.alpha.test/intermediate.der"  # AIA of every leaf
KEYS = {"P-256": ("EC", "ec_paramgen_curve:P-256"),
        "RSA 1024": ("RSA", "rsa_keygen_bits:1024")}


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, timeout=60,
                   stdin=subprocess.DEVNULL, capture_output=True)


def when(days):
    """So many days from now, as openssl ca takes it."""
    now = datetime.datetime.now(datetime.timezone.utc)
    return (now + datetime.timedelta(days=days)).strftime("%Y%m%d%H%M%SZ")


class Ca:
    """.root: the file that is trusted."""

    # Whose CAA records are known (RFC 8659).
    SUBJECTS = {"intermediate": "/O=Let's Encrypt/CN=intermediate"}

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        (self.folder / "index").touch()
        self._config = self.folder / "ca.conf"
        self._config.write_text(CONFIG.format(folder=self.folder))
        self._keys = {}
        self._made = {}
        self.root = self._make_issuer("root", "root")
        self._make_issuer("stranger", "stranger")
        self._make_issuer("intermediate", "root")

    def _key(self, kind):
        """A key and a request for it."""
        if kind not in self._keys:
            algorithm, option = KEYS[kind.split("/")[0]]
            path = self.folder / f"key-{len(self._keys)}.pem"
            openssl("genpkey", "-algorithm", algorithm, "-pkeyopt", option,
                    "-out", path)
            openssl("req", "-new", "-config", self._config, "-key", path,
                    "-subj", "/CN=any", "-out", path.with_suffix(".csr"))
            self._keys[kind] = path
        return self._keys[kind]

    def key_sha256(self, key="P-256"):
        """Of the public key of all leaves of a kind, for a TLSA record."""
        done = subprocess.run(
            ["openssl", "pkey", "-in", str(self._key(key)), "-pubout",
             "-outform", "DER"], check=True, capture_output=True, timeout=60)
        return hashlib.sha256(done.stdout).hexdigest()

    def _sign(self, name, key, issuer, days, extensions):
        path = self.folder / f"{name}.crt"
        wanted = path.with_suffix(".ext")
        wanted.write_text("\n".join(extensions) + "\n")
        signer = (["-selfsign", "-keyfile", key] if issuer == name else
                  ["-cert", self.folder / f"{issuer}.crt",
                   "-keyfile", self._key(f"P-256/{issuer}")])
        openssl("ca", "-batch", "-notext", "-config", self._config, *signer,
                "-in", key.with_suffix(".csr"), "-extfile", wanted, "-out", path,
                "-subj", self.SUBJECTS.get(name, f"/CN={name[:60]}"),
                "-startdate", when(days[0]), "-enddate", when(days[1]))
        return path

    def _make_issuer(self, name, issuer):
        return self._sign(name, self._key(f"P-256/{name}"), issuer,
                          (-400, 3650),
                          ["basicConstraints=critical,CA:TRUE",
                           "keyUsage=critical,keyCertSign,cRLSign",
                           "subjectKeyIdentifier=hash"])

    def leaf(self, name, names, days=(-10, 80), issuer="intermediate",
             key="P-256", complete=True, aia=True):
        """The files of a chain and its key; `issuer`: "own" for a leaf that
        signs itself. Without its intermediate unless `complete`."""
        if name in self._made:
            return self._made[name]
        extensions = ["basicConstraints=critical,CA:FALSE",
                      "subjectAltName=" + ",".join("DNS:" + one
                                                   for one in names)]
        if aia and issuer == "intermediate":
            extensions.append(f"authorityInfoAccess=caIssuers;URI:{ISSUER}")
        private = self._key(key)
        path = self._sign(name, private, name if issuer == "own" else issuer,
                          days, extensions)
        chain = path.with_suffix(".pem")
        text = path.read_text()
        if complete and issuer == "intermediate":
            text += (self.folder / "intermediate.crt").read_text()
        chain.write_text(text)
        self._made[name] = chain, private
        return self._made[name]
