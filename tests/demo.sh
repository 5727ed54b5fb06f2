#!/bin/sh
# The demonstration: demo.sh BUILD-FOLDER. A month of invented talk about three brands is served by the
# test origin; earshot reads it over HTTP as it would have come in, finds the incident that is hidden
# in week three, mails the alert to the origin's mail sink, and reports.
set -eu
build=$1
cd "$(dirname "$0")/.."
build=$(cd "$build" && pwd)
demo=$PWD/demo
rm -rf "$demo"
mkdir -p "$demo/mailbox"
started=$(date +%s)

say() {
    printf '\n%s%s%s\n' "$bold" "$*" "$plain"
}
bold='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    bold=$(printf '\033[1m') plain=$(printf '\033[0m')
fi

# The month ends today at noon; two weeks before it lie in the sources too, as a past to compare with. The origin's clock is moved by us, and earshot is told the same time.
today=$(date -u +%Y-%m-%d)
day() {
    date -u -d "$today $1 days ago" +%Y-%m-%dT"${2:-12:00}":00Z
}

: >"$demo/origin.log"
mkfifo "$demo/hold"
"$build/origin" --smtp --mailbox "$demo/mailbox" --until-eof --now "$(day 0)" --days 45 --seed 11 \
    <"$demo/hold" >>"$demo/origin.log" 2>&1 &
origin_process=$!
exec 9>"$demo/hold" # the origin ends when this closes
rm "$demo/hold"
trap 'exec 9>&-; wait $origin_process 2>/dev/null || true' EXIT
while [ "$(wc -l <"$demo/origin.log")" -lt 2 ]; do
    kill -0 $origin_process || {
        cat "$demo/origin.log"
        exit 1
    }
    sleep 0.1
done
origin=http://$(sed -n 's/^listening //p' "$demo/origin.log")
smtp=$(sed -n 's/^smtp //p' "$demo/origin.log")

cat >"$demo/earshot.yaml" <<YAML
# Written by make demo. Three invented brands; every source is the local test origin.
data_dir: $demo/data
brands:
  - name: Brellin
    competitors: [Tavora, Quondale]
  - name: Tavora
  - name: Quondale

sources:
  - {name: hackernews, recipe: hackernews, params: {base: "$origin/hn", official: "$origin/hn"}, allow_private: true, since: 60d}
  - {name: stackexchange, recipe: stackexchange, brands: Brellin, params: {base: "$origin/stackexchange", site: stackoverflow}, allow_private: true, since: 60d}
  - {name: mastodon/brellin, recipe: mastodon-tag, params: {base: "$origin/mastodon", tag: brellin}, allow_private: true, since: 60d}
  - {name: mastodon/tavora, recipe: mastodon-tag, params: {base: "$origin/mastodon", tag: tavora}, allow_private: true, since: 60d}
  - {name: mastodon/quondale, recipe: mastodon-tag, params: {base: "$origin/mastodon", tag: quondale}, allow_private: true, since: 60d}
  - {name: appstore/brellin, recipe: appstore, params: {base: "$origin/appstore", app: "1510001001"}, about: Brellin, allow_private: true, since: 60d}
  - {name: appstore/tavora, recipe: appstore, params: {base: "$origin/appstore", app: "1510001002"}, about: Tavora, allow_private: true, since: 60d}
  - {name: appstore/quondale, recipe: appstore, params: {base: "$origin/appstore", app: "1510001003"}, about: Quondale, allow_private: true, since: 60d}
  - {name: steam/brellin, recipe: steam, params: {base: "$origin/steam", app: "710010"}, about: Brellin, allow_private: true, since: 60d}
  - {name: steam/tavora, recipe: steam, params: {base: "$origin/steam", app: "710020"}, about: Tavora, allow_private: true, since: 60d}
  - {name: steam/quondale, recipe: steam, params: {base: "$origin/steam", app: "710030"}, about: Quondale, allow_private: true, since: 60d}
  - {name: shop, recipe: reviews-page, url: "$origin/shop/p/brellin-controller", about: Brellin, allow_private: true, since: 60d}
  - {name: bazaar, recipe: reviews-page, url: "$origin/bazaar/p/brellin-controller", about: Brellin, allow_private: true, since: 60d}
  - {feed: "$origin/feeds/harbor-gazette.xml", name: harbor-gazette, allow_private: true, since: 60d}
  - {feed: "$origin/feeds/circuit-wire.atom", name: circuit-wire, allow_private: true, since: 60d}
  - {feed: "$origin/feeds/northern-ledger.rdf", name: northern-ledger, allow_private: true, since: 60d}
  - {feed: "$origin/feeds/pixel-notes.json", name: pixel-notes, allow_private: true, since: 60d}
  - {feed: "$origin/feeds/el-faro.xml", name: el-faro, allow_private: true, since: 60d}
  - {feed: "$origin/feeds/onda-tecnica.atom", name: onda-tecnica, allow_private: true, since: 60d}
  - {feed: "$origin/feeds/diario-del-muelle.xml", name: diario-del-muelle, allow_private: true, since: 60d}
  - {feed: "$origin/feeds/cuaderno-azul.json", name: cuaderno-azul, allow_private: true, since: 60d}

people:
  - {email: marketing@brellin.example, name: Brellin marketing}

mail: {url: "smtp://$smtp", from: earshot@brellin.example, from_name: earshot, require_tls: false}
crawler: {host_spacing: 0s}
serve: {listen: "127.0.0.1:8765"}
YAML

# Both clocks to one moment, then a crawl, as a timer would have started it.
crawl() {
    curl -sS -X POST "$origin/control/time?now=$1" >/dev/null
    "$build/earshot" crawl --once --config "$demo/earshot.yaml" --now "$1" --quiet || {
        echo "demo: the crawl of $1 ended with exit code $?" >&2
        exit 1
    }
}
progress() {
    [ -t 2 ] || return 0
    done_cells=$(($1 * 30 / $2))
    printf '\r  [%s%s] %s ' "$(printf '%*s' $done_cells '' | tr ' ' '#')" \
        "$(printf '%*s' $((30 - done_cells)) '')" "$3" >&2
}

say "A month of talk about Brellin, Tavora and Quondale, as it came in (21 sources over HTTP)"
step=0
steps=$((31 + 8 * 3)) # a crawl a day, four on eight of them
for days in $(seq 30 -1 0); do
    hours=12:00
    [ "$days" -le 16 ] && [ "$days" -gt 8 ] && hours="00:00 06:00 12:00 18:00" # the days that matter
    for hour in $hours; do
        crawl "$(day "$days" "$hour")"
        step=$((step + 1))
        progress $step $steps "$(day "$days" "$hour")"
    done
done
[ -t 2 ] && printf '\r%60s\r' '' >&2

now=$(day 0)
"$build/earshot" store stats --config "$demo/earshot.yaml" --now "$now" | head -n 4

say "The report:  earshot report --config demo/earshot.yaml"
"$build/earshot" report --config "$demo/earshot.yaml" --now "$now"
"$build/earshot" report --config "$demo/earshot.yaml" --now "$now" --html "$demo/report.html" --quiet
"$build/earshot" feed Brellin --config "$demo/earshot.yaml" --now "$now" >"$demo/brellin.json"

# The one that is worth a look: the incident that grew.
say "The alert, as the mail sink received it:  demo/mailbox/"
first=$(grep -l 'It has grown' "$demo"/mailbox/*.eml | head -n 1)
first=${first:-$(find "$demo/mailbox" -name '*.eml' | sort | head -n 1)}
if [ -z "$first" ]; then
    echo "demo: no alert was mailed" >&2
    exit 1
fi
# The plain-text part, quoted-printable undone for reading.
sed -n '/^Subject:/,/^$/p' "$first" | head -n 12
python3 -c 'import email, email.policy, sys
mail = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
print(mail.get_body(("plain",)).get_content())' "$first" 2>/dev/null || cat "$first"

say "What lies where"
cat <<END
  demo/report.html     the report as a page:   xdg-open demo/report.html
  demo/brellin.json    the JSON Feed
  demo/mailbox/        $(find "$demo/mailbox" -name '*.eml' | wc -l) mails as delivered
  demo/earshot.yaml    the configuration

  build/release/earshot serve --config demo/earshot.yaml
                       the page: http://127.0.0.1:8765/   the feed: http://127.0.0.1:8765/feed/Brellin.json
  build/release/earshot query --config demo/earshot.yaml 'brellin NEAR/8 (delivery OR parcel) label:negative'

The demonstration took $(($(date +%s) - started)) seconds.
END
