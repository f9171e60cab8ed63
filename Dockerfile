# One image for every process of EcoScooter Support; docker-compose.yml starts each kind from it.

FROM debian:bookworm-slim AS build
ENV DEBIAN_FRONTEND=noninteractive
RUN apt-get update && apt-get upgrade -y && \
    apt-get install -y --no-install-recommends make git ca-certificates
WORKDIR /src
COPY Makefile ./
COPY tools tools
RUN make deps
COPY web/package.json web/package-lock.json web/.npmrc web/
RUN make web/node_modules/.package-lock.json
COPY . .
RUN make -j2 all web && strip build/release/bin/*

FROM debian:bookworm-slim
ENV DEBIAN_FRONTEND=noninteractive
# The upgrade matters: older images carry a libevent without its security fixes.
RUN apt-get update && apt-get upgrade -y && \
    apt-get install -y --no-install-recommends libevent-2.1-7 libevent-pthreads-2.1-7 libhiredis0.14 \
        libsqlite3-0 libcurl4 libjansson4 libjwt0 libsodium23 zlib1g redis-server curl ca-certificates tzdata && \
    rm -rf /var/lib/apt/lists/* && \
    useradd --system --uid 10001 --home-dir /var/lib/eco --create-home eco && \
    mkdir -p /var/lib/eco/records /var/lib/eco/redis-users /run/eco && chmod 700 /var/lib/eco/redis-users && chown -R eco:eco /var/lib/eco /run/eco
COPY --from=build /src/build/release/bin /opt/eco/bin
COPY --from=build /src/web/dist /opt/eco/web
COPY --from=build /src/redis/redis.conf /opt/eco/redis/redis.conf
WORKDIR /opt/eco
USER eco
ENV ECO_DIR=/var/lib/eco/records ECO_WEB_DIR=/opt/eco/web PATH=/opt/eco/bin:/usr/local/bin:/usr/bin:/bin
VOLUME /var/lib/eco/records
CMD ["ecoctl", "help"]
