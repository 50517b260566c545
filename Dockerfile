# syntax=docker/dockerfile:1

# The package and what it needs, in an environment that the next stage takes as a whole.
FROM python:3.13-slim AS build
RUN python -m venv /opt/fediblog
WORKDIR /source
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements.lock requirements-build.lock ./
RUN /opt/fediblog/bin/pip install --require-hashes --requirement requirements.lock
RUN python -m venv /opt/build \
    && /opt/build/bin/pip install --require-hashes --requirement requirements-build.lock
COPY pyproject.toml README.md LICENSE ./
COPY templates templates
COPY fediblog fediblog
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
    && /opt/fediblog/bin/pip install --no-deps --no-index /wheels/*.whl

FROM python:3.13-slim AS fediblog
ENV PATH=/opt/fediblog/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    FEDIBLOG_DATA=/data \
    FEDIBLOG_KEYS=/keys
RUN groupadd --gid 10001 fediblog \
    && useradd --uid 10001 --gid fediblog --no-create-home --shell /usr/sbin/nologin fediblog \
    && install --directory --owner=fediblog --group=fediblog --mode=0700 /data /keys
COPY --from=build /opt/fediblog /opt/fediblog
USER 10001:10001
WORKDIR /data
VOLUME ["/data", "/keys"]
EXPOSE 8000
CMD ["fediblog", "serve", "--host", "0.0.0.0", "--port", "8000"]

# Caddy with a home for its certificates that an ordinary user may write to.
FROM caddy:2-alpine AS proxy
ENV XDG_DATA_HOME=/caddy/data XDG_CONFIG_HOME=/caddy/config
RUN mkdir /caddy && chown 10002:10002 /caddy
USER 10002:10002
VOLUME ["/caddy"]
