# A container that serves a built site, without rights of root:
#
#   cp packaging/docker/nginx.conf .
#   docker build -f packaging/docker/site.Dockerfile -t our-threat-models .
#   docker run --rm --read-only --tmpfs /tmp -p 8080:8080 our-threat-models
#
# The folder `site` is what `casebook build` wrote. Put your sign-in in front of it.
FROM nginxinc/nginx-unprivileged:stable-alpine
COPY nginx.conf /etc/nginx/conf.d/default.conf
COPY site /usr/share/nginx/html
