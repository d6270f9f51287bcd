# Two stages: build with the whole toolchain, run with nothing but Node.js. No shell in the result.
# What is built is JavaScript alone, so it is built on the builder's own platform for every other.
FROM --platform=$BUILDPLATFORM docker.io/library/node:24-trixie-slim@sha256:8ec5d7557396cfe32d21c3f9c13072355ceab22b584578ca4bb28af31120cffe AS build
# npm names the application of the SBOM by its folder.
WORKDIR /cognito-gate
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json ./
COPY src ./src
# The SBOM lists the packages that are left, by version and checksum. `npm sbom --omit=dev` would need no pruning,
# but drops packages that those of development need, too (github.com/npm/cli/issues/7909).
RUN npm run build && npm prune --omit=dev && npm pkg delete devDependencies \
  && npm sbom --sbom-format cyclonedx --sbom-type application > sbom.cdx.json

FROM gcr.io/distroless/nodejs24-debian13:nonroot@sha256:774b7d020b24214835769e24c3544835526cd0288f0b094eae48e8b2c2429a79
# Root's, as the gate writes nothing. The folder too: WORKDIR alone might give it to the base's user.
COPY --from=build /cognito-gate/package.json /cognito-gate/sbom.cdx.json /app/
COPY --from=build /cognito-gate/node_modules /app/node_modules
COPY --from=build /cognito-gate/dist /app/dist
COPY config /app/config
COPY LICENSE /app/
WORKDIR /app
ENV NODE_ENV=production
# By number, so that Kubernetes can see that it is not root.
USER 65532:65532
EXPOSE 8080 9090
# Asks the port that ADMIN_PORT names, as the gate does; a file that moves it must be matched by that.
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s \
  CMD ["/nodejs/bin/node", "-e", "fetch('http://127.0.0.1:' + (process.env.ADMIN_PORT || 9090) + '/livez').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Node.js is PID 1, and the gate handles its signals. Words after the image's name are its commands.
# 4 MiB for what is young: Node.js 24 would take 64, twice, under load.
ENTRYPOINT ["/nodejs/bin/node", "--enable-source-maps", "--max-semi-space-size=4", "/app/dist/main.js"]
CMD ["serve"]
ARG VERSION=unreleased
ARG REVISION=unknown
LABEL org.opencontainers.image.title="cognito-gate" \
      org.opencontainers.image.description="A reverse proxy that verifies Amazon Cognito tokens in front of any HTTP service" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="gcr.io/distroless/nodejs24-debian13:nonroot"
