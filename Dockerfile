# source-360learning as Airbyte runs it: one static binary, and the programs that Airbyte's start script calls.
# Builds for amd64 and arm64 alike: docker build -t source-360learning:0.1.0 .
# Names of images are whole, because podman on Debian resolves no short ones.

FROM docker.io/library/rust:1.95-slim-bookworm AS build
WORKDIR /build
# Writes the list of crates into the binary, where scanners such as Trivy and Grype look for it. --debug: it has little to do.
RUN cargo install --quiet --locked --debug --root /usr/local cargo-auditable@0.7.7
# A static binary needs a target of its own: build scripts and macros, which run here, stay dynamic.
RUN rustc -vV | sed -n 's/^host: //p' > target-triple
ENV RUSTFLAGS="-C target-feature=+crt-static"

# The dependencies: a layer that only Cargo.toml and Cargo.lock change.
COPY Cargo.toml Cargo.lock ./
COPY crates/sandbox/Cargo.toml crates/sandbox/
COPY crates/xtask/Cargo.toml crates/xtask/
RUN mkdir -p src crates/sandbox/src crates/xtask/src \
    && printf '//! Nothing yet.\nfn main() {}\n' | tee src/main.rs crates/sandbox/src/main.rs crates/xtask/src/main.rs >/dev/null \
    && echo '//! Nothing yet.' | tee src/lib.rs crates/sandbox/src/lib.rs >/dev/null \
    && cargo auditable build --release --locked --target "$(cat target-triple)" -p source-360learning \
    && rm -r src

COPY src src
# The empty program is newer than the sources: without a new date cargo would not build them.
RUN find src -exec touch {} + \
    && cargo auditable build --release --locked --target "$(cat target-triple)" -p source-360learning \
    && install -D "target/$(cat target-triple)/release/source-360learning" /root-fs/usr/local/bin/source-360learning

FROM docker.io/library/debian:bookworm-slim AS system
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends busybox-static ca-certificates >/dev/null \
    && rm -rf /var/lib/apt/lists/*
# On Kubernetes Airbyte replaces the entry point by a script for `sh`, which calls `sleep` and `mv`.
RUN install -D /bin/busybox /root-fs/bin/busybox \
    && for program in sh sleep mv; do ln -s busybox "/root-fs/bin/$program"; done \
    && install -D -m 644 /etc/ssl/certs/ca-certificates.crt /root-fs/etc/ssl/certs/ca-certificates.crt \
    && echo 'airbyte:x:1000:1000::/airbyte:/bin/sh' > /root-fs/etc/passwd \
    && echo 'airbyte:x:1000:' > /root-fs/etc/group \
    && install -d -m 1777 /root-fs/tmp \
    && install -d -o 1000 -g 1000 /root-fs/airbyte

FROM scratch
COPY --from=system /root-fs/ /
COPY --from=build /root-fs/ /
COPY LICENSE /usr/share/licenses/source-360learning/LICENSE
ENV PATH=/usr/local/bin:/bin \
    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt \
    AIRBYTE_ENTRYPOINT=/usr/local/bin/source-360learning
# A number: Kubernetes cannot check that a name is not root.
USER 1000:1000
WORKDIR /airbyte
# `make image` adds the repository's address, the commit and its date.
LABEL io.airbyte.name="airbyte/source-360learning" \
      io.airbyte.version="0.1.0" \
      org.opencontainers.image.title="source-360learning" \
      org.opencontainers.image.description="An Airbyte source for the 360Learning API v2" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="MIT"
ENTRYPOINT ["/usr/local/bin/source-360learning"]
