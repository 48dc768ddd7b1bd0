# SPDX-License-Identifier: MIT
"""Whatever way a mounted file is changed, it is noticed."""

import os
import shutil

from case import (HOST, NOTICED_SECONDS, USER, ContainerTestCase, eventually,
                  scratch)
from certificates import make_certificates


class EditTest(ContainerTestCase):
    NEW = "new.example.com"

    def replace(self, path, text):
        new = path.with_suffix(".new")
        new.write_text(text)
        os.replace(new, path)

    def test_folder_edited_in_place(self):
        self.start()
        self.config.write_text(self.text(self.NEW))
        self.expect_mx(self.NEW)

    def test_folder_replaced_in(self):
        self.start()
        self.replace(self.config, self.text(self.NEW))
        self.expect_mx(self.NEW)

    def test_single_file_edited_in_place(self):
        self.start(self.single_file())
        self.config.write_text(self.text(self.NEW))
        self.expect_mx(self.NEW)

    def test_single_file_replaced(self):
        """The mount stays on the old file: that is all one can notice."""
        container = self.start(self.single_file())
        self.replace(self.config, self.text(self.NEW))
        eventually(lambda: "id=config.replaced" in container.log(),
                   NOTICED_SECONDS)

    def project(self, folder, *names):
        """Has `folder` look as a ConfigMap or Secret: links to ..data, a link
        to the folder with the files."""
        (folder / "..1").mkdir()
        for name in names:
            (folder / name).rename(folder / "..1" / name)
            (folder / name).symlink_to(f"..data/{name}")
        (folder / "..data").symlink_to("..1")

    def swap(self, folder):
        """..2 for ..1, as the kubelet does it."""
        (folder / "..data_tmp").symlink_to("..2")
        os.replace(folder / "..data_tmp", folder / "..data")
        shutil.rmtree(folder / "..1")

    def test_folder_of_kubernetes(self):
        folder = self.config.parent
        self.project(folder, self.config.name)
        self.start()
        (folder / "..2").mkdir()
        (folder / "..2" / self.config.name).write_text(self.text(self.NEW))
        self.swap(folder)
        self.expect_mx(self.NEW)

    def test_secret_of_kubernetes(self):
        self.project(self.certs, "fullchain.pem", "privkey.pem")
        container = self.start()
        (self.certs / "..2").mkdir()
        self.renew(self.certs / "..2")
        self.swap(self.certs)
        self.expect_renewal(container)

    def renew(self, folder):
        make_certificates(HOST)
        for name in ("privkey.pem", "fullchain.pem"):
            path = folder / name
            path.write_bytes((scratch() / "server" / name).read_bytes())
            os.chown(path, 0, USER)
            os.chmod(path, 0o640)

    def expect_renewal(self, container):
        eventually(lambda: container.log().count("event=certificate") == 2,
                   NOTICED_SECONDS)

    def test_certificate(self):
        container = self.start()
        self.renew(self.certs)
        self.expect_renewal(container)
