#!/bin/sh
# What the system tests need from Debian: named first, installed when we may, else told how.
wanted="nginx caddy firefox-esr coturn prometheus logrotate systemd debootstrap"
echo "The system tests need from Debian: $wanted"
need=""
command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] || need="$need nginx"
command -v firefox-esr >/dev/null || need="$need firefox-esr"
command -v turnserver >/dev/null || need="$need coturn"
command -v caddy >/dev/null || need="$need caddy"
command -v promtool >/dev/null || need="$need prometheus"
command -v systemd-analyze >/dev/null || need="$need systemd"
command -v logrotate >/dev/null || [ -x /usr/sbin/logrotate ] || need="$need logrotate"
command -v debootstrap >/dev/null || [ -x /usr/sbin/debootstrap ] || need="$need debootstrap"
[ -z "$need" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    # Packages that start a service here would take its ports.
    policy=/usr/sbin/policy-rc.d
    made=""
    [ -e $policy ] || { printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy && made=1; }
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $need >/dev/null
    done=$?
    [ -z "$made" ] || rm -f $policy
    [ $done = 0 ] && exit 0
fi
echo "Missing:$need" >&2
echo "Install with: sudo apt-get install$need" >&2
exit 1
