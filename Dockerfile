# Two images: omlint alone, and with TensorFlow for freeze, verify and proofs.
#
#   docker build --target slim -t omlint .
#   docker build --target tf -t omlint:tf .
#   docker run --rm -v "$PWD:/work" omlint check model.pb
ARG PYTHON=3.12
FROM python:${PYTHON}-slim AS build
WORKDIR /source
COPY . .
RUN python -m pip install --quiet --no-cache-dir build && python -m build --wheel --outdir /wheels .

FROM python:${PYTHON}-slim AS slim
RUN --mount=from=build,source=/wheels,target=/wheels \
    python -m pip install --quiet --no-cache-dir /wheels/*.whl && \
    useradd --create-home --uid 1000 omlint
USER omlint
WORKDIR /work
ENTRYPOINT ["omlint"]
CMD ["--help"]

FROM slim AS tf
USER root
RUN --mount=from=build,source=/wheels,target=/wheels \
    python -m pip install --quiet --no-cache-dir "$(ls /wheels/*.whl)[tf]"
USER omlint
