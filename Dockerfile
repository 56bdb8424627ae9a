# The image of Versprei: docker buildx build --platform linux/amd64,linux/arm64 --build-arg REVISION=$(git rev-parse HEAD) --tag NAME:TAG .
#
# What is made here is JavaScript alone, the same for every platform, so both first stages run on the builder's own.

FROM --platform=$BUILDPLATFORM node:26-trixie-slim AS dependencies
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# No package's own script is run: none of them needs one.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
# Types, maps to sources that are not there, and libraries of another runtime are half of it, and Node.js reads none of them.
RUN find node_modules -type f '(' -name '*.d.ts' -o -name '*.d.[cm]ts' -o -name '*.map' -o -name '*.bare' ')' -delete

FROM --platform=$BUILDPLATFORM node:26-trixie-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build

# Node.js and the libraries that it needs: no shell, no package manager.
FROM gcr.io/distroless/nodejs26-debian13:nonroot
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Versprei" \
      org.opencontainers.image.description="Places each Kubernetes workload's pods on the nodes they belong on, in the shares their owner declares" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
WORKDIR /versprei
COPY LICENSE package.json ./
# The definition that `check` compares the cluster's with.
COPY config/crd ./config/crd
COPY config/policy ./config/policy
COPY --from=dependencies /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
# The only folder that is written to: mount one there (config/deploy: in memory); all else may be read-only.
ENV NODE_ENV=production VERSPREI_CERTIFICATES=/certs
USER 65532:65532
EXPOSE 8443 8444 9090
# SIGTERM reaches the program itself. Whether it is well is asked by HTTP: /healthz and /readyz of port 9090.
ENTRYPOINT ["/nodejs/bin/node", "/versprei/dist/main.js"]
CMD ["serve"]
