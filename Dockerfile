# SPDX-License-Identifier: MIT
# docker build -t mta-stsd .                      the program, and nothing else
# docker build --target debian .                  ... on Debian, with a shell
# docker build --target tool .                    the other program, mta-sts
# docker build --target test .                    ... after its tests
# docker build --platform linux/arm64 .           cross-built, no emulation
#
# Needs BuildKit (the default since Docker 23), podman or buildah. Debian 13 or
# later: an older cpp-httplib must not be built into it.
ARG BASE=docker.io/library/debian:trixie-slim

# --- Compiler, libraries, and the whole header of cpp-httplib ---

FROM --platform=$BUILDPLATFORM $BASE AS tools
ARG TARGETARCH
# The binary package of cpp-httplib has half of its header, the rest is in a
# shared library. The source package has all of it, with Debian's patches.
# OpenSSL is C and nothing is thrown through it: without the tables for that the
# program is 0.7 MB smaller.
RUN set -eu; export DEBIAN_FRONTEND=noninteractive; \
    case $TARGETARCH in \
      amd64) triplet=x86_64-linux-gnu ;; \
      arm64) triplet=aarch64-linux-gnu ;; \
      *) echo "no cross-compiler is known for $TARGETARCH" >&2; exit 1 ;; \
    esac; \
    echo "$triplet" >/triplet; \
    dpkg --add-architecture "$TARGETARCH"; \
    sed -i 's/^Types: deb$/Types: deb deb-src/; s/^deb \(.*\)/&\ndeb-src \1/' \
      $(find /etc/apt -name '*.sources' -o -name sources.list); \
    apt-get -q update; \
    apt-get -q install -y --no-install-recommends \
      ca-certificates cmake dpkg-dev ninja-build pkgconf \
      "g++-$(echo $triplet | tr _ -)" \
      libcli11-dev libexpected-dev "libfmt-dev:$TARGETARCH" \
      "libidn2-dev:$TARGETARCH" "libseccomp-dev:$TARGETARCH" \
      "libssl-dev:$TARGETARCH" "libtomlplusplus-dev:$TARGETARCH" \
      "libunistring-dev:$TARGETARCH" "libzstd-dev:$TARGETARCH" \
      "zlib1g-dev:$TARGETARCH"; \
    for library in crypto ssl; do \
      "$triplet-objcopy" -R .eh_frame -R .rela.eh_frame \
        "/usr/lib/$triplet/lib$library.a"; \
    done; \
    cd /tmp; apt-get -q source cpp-httplib; \
    install -D -m 644 cpp-httplib-*/httplib.h /usr/local/include/httplib/httplib.h; \
    rm -rf /tmp/* /var/lib/apt/lists/*

# --- The program ---

FROM --platform=$BUILDPLATFORM tools AS build
WORKDIR /src
COPY CMakeLists.txt ./
COPY etc/systemd etc/systemd
COPY src src
RUN set -eu; triplet=$(cat /triplet); \
    export PKG_CONFIG_LIBDIR="/usr/lib/$triplet/pkgconfig:/usr/share/pkgconfig"; \
    cmake -S . -B /build -G Ninja -DCMAKE_BUILD_TYPE=Release \
      -DCMAKE_CXX_FLAGS_RELEASE="-Os -DNDEBUG" \
      -DCMAKE_CXX_COMPILER="$triplet-g++" -DBUILD_TESTING=OFF \
      -DMTASTSD_STATIC=ON -DMTASTSD_TOOL=OFF \
      -DMTASTSD_HTTPLIB=/usr/local/include/httplib; \
    cmake --build /build; \
    "$triplet-strip" /build/mta-stsd
# All of the image, as one layer. A volume of Docker begins with the owner of the
# folder that it is mounted on.
ARG SOURCE_DATE_EPOCH=0
RUN set -eu; \
    mkdir -p /image/etc/mta-stsd /image/etc/ssl/certs /image/certs; \
    install -D /build/mta-stsd /image/usr/sbin/mta-stsd; \
    install -m 644 /etc/ssl/certs/ca-certificates.crt /image/etc/ssl/certs/; \
    echo mta-stsd:x:65532:65532::/:/usr/sbin/nologin >/image/etc/passwd; \
    echo mta-stsd:x:65532: >/image/etc/group; \
    install -d -o 65532 -g 65532 -m 750 /image/spool; \
    find /image -exec touch -hd "@$SOURCE_DATE_EPOCH" '{}' +

# --- Its tests: the quick suite, against the very program of the image ---

FROM build AS test
RUN apt-get -q update && apt-get -q install -y --no-install-recommends \
      curl faketime iproute2 libgmock-dev mandoc openssl python3 shellcheck
COPY . .
RUN cmake -S . -B /build -DBUILD_TESTING=ON && cmake --build /build && \
    ctest --test-dir /build -j "$(nproc)" --output-on-failure

# --- The Debian packages, and an image of each ---

# For the platform of the image: on another one this is emulated.
FROM $BASE AS package
RUN apt-get -q update && DEBIAN_FRONTEND=noninteractive \
    apt-get -q install -y --no-install-recommends \
      cmake dpkg-dev file g++ libcli11-dev libcpp-httplib-dev libexpected-dev \
      libfmt-dev libgmime-3.0-dev libidn2-dev libldns-dev libseccomp-dev \
      libsqlite3-dev libssl-dev libtomlplusplus-dev ninja-build \
      nlohmann-json3-dev pkgconf zlib1g-dev && \
    rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
ARG SOURCE_DATE_EPOCH=0
RUN cmake --workflow --preset package

# Without the configuration of the package, which is for systemd: started with
# nothing mounted, it has to say so.
FROM $BASE AS debian
RUN --mount=from=package,source=/src/build/package,target=/mnt \
    apt-get -q update && DEBIAN_FRONTEND=noninteractive \
    apt-get -q install -y --no-install-recommends \
      ca-certificates /mnt/mta-stsd_*.deb && \
    rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log \
      /etc/mta-stsd/* && \
    groupadd -g 65532 mta-stsd && \
    useradd -u 65532 -g 65532 -M -d / -s /usr/sbin/nologin mta-stsd && \
    mkdir /certs && \
    install -d -o 65532 -g 65532 -m 750 /spool
USER 65532:65532
EXPOSE 8443
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/sbin/mta-stsd"]
CMD ["serve"]
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["/usr/sbin/mta-stsd", "health"]
ARG VERSION REVISION
LABEL org.opencontainers.image.title="mta-stsd" \
      org.opencontainers.image.description="Serves MTA-STS policies over HTTPS" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"

# Listens to nothing, and needs no mta-stsd: started with nothing mounted, it
# shows its commands.
FROM $BASE AS tool
RUN --mount=from=package,source=/src/build/package,target=/mnt \
    apt-get -q update && DEBIAN_FRONTEND=noninteractive \
    apt-get -q install -y --no-install-recommends \
      ca-certificates /mnt/mta-sts_*.deb && \
    rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log && \
    install -d -o 65532 -g 65532 -m 750 /reports /spool
USER 65532:65532
ENTRYPOINT ["/usr/bin/mta-sts"]
CMD ["--help"]
ARG VERSION REVISION
LABEL org.opencontainers.image.title="mta-sts" \
      org.opencontainers.image.description="Operator's tool for MTA-STS" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"

# --- The image ---

FROM scratch
COPY --from=build /image /
USER 65532:65532
EXPOSE 8443
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/sbin/mta-stsd"]
CMD ["serve"]
# Asks the listener of [operations]; without that table, --no-healthcheck.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["/usr/sbin/mta-stsd", "health"]
ARG VERSION REVISION
LABEL org.opencontainers.image.title="mta-stsd" \
      org.opencontainers.image.description="Serves MTA-STS policies over HTTPS" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
