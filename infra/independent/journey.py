"""Plays order, scans and return through the deployed HTTP API, as shop, carrier and customer would, and checks the mails,
the texts, the page and the queues. One line per check; the exit code says whether all passed."""

import base64
import datetime
import email.utils
import hashlib
import hmac
import html
import http.client
import json
import pathlib
import re
import sys
import time
import unicodedata
import urllib.parse

import deploy

ROOT = pathlib.Path(__file__).resolve().parents[2]
# How long a milestone may take; it is about a third of a second on a quiet machine.
PATIENCE_S = 30
# A message whose first try lost a race is visible again after a minute (the queues' visibility), so rest takes longer.
REST_S = 90
# Nothing may move for so long before we say that nothing was sent twice.
QUIET_S = 4
STORY_ENDS = datetime.date(2026, 11, 20)
STARTED = time.monotonic()

# Who says it, the topic of its header, the recorded body, and the letter it leads to: pattern of the mail's subject and of
# the text message. Fulfilment and pre-transit lead to none.
STORY = [
    ("storefront", "shopify", "orders/paid", "shopify_orders_paid.json", (r"#1001 is confirmed", r"is confirmed")),
    ("storefront", "shopify", "fulfillments/create", "shopify_fulfillments_create.json", None),
    ("carrier", "easypost", None, "easypost_in_transit.json", (r"is on its way", r"is on its way")),
    ("carrier", "easypost", None, "easypost_out_for_delivery.json", (r"is out for delivery", r"out for delivery")),
    ("carrier", "easypost", None, "easypost_delivered.json", (r"was delivered", r"was delivered")),
]
RETURN_LETTER = (r"return for order #1001 is approved", r"return is approved")
# The rest of the order, sent after the customer's mailbox died: the text still goes out, no mail does.
REST = [
    ("storefront", "shopify", "fulfillments/create", "shopify_fulfillments_create_second.json"),
    ("storefront", "shopify", "fulfillments/update", "shopify_fulfillments_update.json"),
    ("carrier", "shippo", None, "shippo_in_transit.json"),
]
REST_TEXT = r"is on its way"
# And after the customer answered STOP: neither.
AFTER_STOP = ("carrier", "shippo", None, "shippo_out_for_delivery.json")
# Whom the recorded order belongs to.
EMAIL, PHONE = "maya.okafor@example.com", "+14155550132"


class Failed(Exception):
    """A check the rest of the story needs."""


class Checks:
    def __init__(self):
        self.failed = 0

    def __call__(self, what, passed, seen=""):
        self.failed += not passed
        word = "PASS" if passed else "FAIL"
        print(f"{word}  {time.monotonic() - STARTED:5.1f} s  {what}{'' if passed else f' -- seen: {seen}'}", flush=True)
        return passed

    def must(self, what, passed, seen=""):
        if not self(what, passed, seen):
            raise Failed(what)


class House:
    """The deployed house and what the emulator lets us see of the world outside."""

    def __init__(self, known):
        self.port, self.host, self.shop, self.secrets = known["port"], known["host"], known["shop"], known["secrets"]
        self.inbound_topic = known["inbound_topic"]
        self.feedback_topic, self.aws = known["feedback_topic"], deploy.Aws(known["port"])

    def ask(self, method, path, headers=None, body=None, host=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        # The API is found by its host name, as in AWS; the name need not resolve.
        connection.request(method, path, body, {"Host": host or self.host} | (headers or {}))
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read().decode()

    def emulator(self, path):
        return json.loads(self.ask("GET", path, host=f"127.0.0.1:{self.port}")[2])

    def mails(self):
        return [one for ones in self.emulator("/_ministack/ses/messages")["messages"].values() for one in ones]

    def texts(self):
        by_phone = self.emulator("/_ministack/sns/sms-messages")["sms_messages"]
        return [one | {"phone": phone} for phone, ones in by_phone.items() for one in ones]

    def waiting(self):
        """Messages by queue, in flight or not, without the empty queues. Looking does not receive them."""
        accounts = self.emulator("/_ministack/sqs/messages")["messages"]
        queues = [queue for regions in accounts.values() for region in regions.values() for queue in region.items()]
        return {url.rpartition("/")[2]: [one["Body"][:300] for one in ones] for url, ones in queues if ones}

    def queues(self):
        accounts = self.emulator("/_ministack/sqs/messages")["messages"]
        return sum(len(region) for regions in accounts.values() for region in regions.values())


def until(patience, look, good):
    """Looks until it is good or patience ends; answers what was seen last."""
    deadline = time.monotonic() + patience
    while True:
        seen = look()
        if good(seen) or time.monotonic() > deadline:
            return seen
        time.sleep(0.2)


def as_if_yesterday(text):
    """Moves the recorded November days so that the story ended yesterday, and returns are still possible."""
    shift = datetime.datetime.now(datetime.UTC).date() - datetime.timedelta(days=1) - STORY_ENDS
    return re.sub(r"2026-11-\d\d", lambda day: str(datetime.date.fromisoformat(day[0]) + shift), text)


def signed(door, source, topic, path, body, secret):
    """The headers of a delivery, as Shopify, Shippo and EasyPost document them; not by the house's own code."""
    headers = {"Content-Type": "application/json"}
    if source == "shopify":
        mac = hmac.new(secret.encode(), body, hashlib.sha256).digest()
        return headers | {"X-Shopify-Topic": topic, "X-Shopify-Hmac-Sha256": base64.b64encode(mac).decode()}
    if source == "shippo":
        at = str(int(time.time()))
        mac = hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
        return headers | {"Shippo-Auth-Signature": f"t={at},v1={mac}"}
    key, at = unicodedata.normalize("NFKD", secret).encode(), email.utils.formatdate(usegmt=False)
    seal = lambda before: "hmac-sha256-hex=" + hmac.new(key, before.encode() + body, hashlib.sha256).hexdigest()
    return headers | {
        "X-Hmac-Signature": seal(""), "X-Hmac-Signature-V2": seal(f"{at}POST{path}"), "X-Path": path, "X-Timestamp": at,
    }


def deliver(house, door, source, topic, file, secret=None):
    body = as_if_yesterday((ROOT / "events" / f"{door}_webhook" / file).read_text()).encode()
    path = f"/webhooks/{house.shop}/{door}/{source}"
    headers = signed(door, source, topic, path, body, secret or house.secrets[door][source][0])
    return house.ask("POST", path, headers, body)


def letters(house, check, letter, count):
    """The letter's mail and text come, and no others with them."""
    mails = until(PATIENCE_S, house.mails, lambda mails: len(mails) >= count)
    subjects = [mail["Subject"] for mail in mails]
    check.must(f"mail by SES: {letter[0]}", len(mails) == count and re.search(letter[0], subjects[-1]), subjects)
    texts = until(PATIENCE_S, house.texts, lambda texts: len(texts) >= count)
    bodies = [text_of(one) for one in texts]
    check.must(f"text by SNS: {letter[1]}", len(texts) == count and re.search(letter[1], bodies[-1]), bodies)


def text_of(sms):
    return sms.get("Message") or sms.get("message") or str(sms)


def ask_for_return(house, check, page_path, page):
    """Fills in the page's own form: the first thing that can come back, the first reason, a refund."""
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    action = re.search(r'<form method="post" action="([^"]*)"', page)
    line = re.search(r'name="(q\.[^"]+)"', page)
    check.must("the page has a return form", action and line and "nonce" in fields, page[-1500:])
    name = html.unescape(line[1])
    form = fields | {name: "1", "r." + name[2:]: "too_small", "outcome": "refund", "note": "A size larger would fit"}
    # As a browser: the part after # stays at home.
    target = urllib.parse.urldefrag(urllib.parse.urljoin(page_path, html.unescape(action[1])))[0]
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    status, answer, text = house.ask("POST", target, headers, urllib.parse.urlencode(form))
    check.must("the return is asked for through the form (303)", status == 303, f"{status} {text[:300]}")


def bounce(house):
    """The customer's mailbox died: what SES tells its configuration set. ministack keeps the set and its destination but
    tells nothing, so it is told here, to the topic the destination names."""
    at = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    mail = {"timestamp": at, "messageId": "0100-bounce", "source": "orders@demo.example", "tags": {"shop": [house.shop]}}
    dead = {"bounceType": "Permanent", "bounceSubType": "General", "timestamp": at,
            "bouncedRecipients": [{"emailAddress": EMAIL, "action": "failed", "status": "5.1.1"}]}
    event = {"eventType": "Bounce", "mail": mail, "bounce": dead}
    house.aws("sns").publish(TopicArn=house.feedback_topic, Message=json.dumps(event))


def answer(house, words):
    """The customer answers a text: what AWS End User Messaging tells the two-way channel of the number."""
    text = {"originationNumber": PHONE, "destinationNumber": "+12065550100", "messageKeyword": "STOP", "messageBody": words,
            "inboundMessageId": "0200-inbound"}
    house.aws("sns").publish(TopicArn=house.inbound_topic, Message=json.dumps(text))


def taken(house, check, door, source, topic, file):
    status, _, text = deliver(house, door, source, topic, file)
    check.must(f"{file} is taken (200)", status == 200, f"{status} {text}")


def play(house, check):
    status, _, text = deliver(house, *STORY[0][:4], secret="not the secret of this shop")
    check("a webhook with a wrong signature is refused (401)", status == 401, f"{status} {text}")

    count = 0
    for door, source, topic, file, letter in STORY:
        taken(house, check, door, source, topic, file)
        if letter:
            count += 1
            letters(house, check, letter, count)
        else:
            until(PATIENCE_S, house.waiting, lambda waiting: not waiting)
    taken(house, check, *STORY[-1][:4])  # the same again; at the end nobody may have been told twice

    # The customer opens the link of the last mail.
    mails = house.mails()
    link = re.search(r"https?://\S+?/o/[\w-]+", (mails[-1]["BodyText"] or "") if mails else "")
    check.must("the mail links to the page", link and urllib.parse.urlsplit(link[0]).netloc == house.host, link)
    path = urllib.parse.urlsplit(link[0]).path
    status, headers, page = house.ask("GET", path)
    check.must("the page opens (200, HTML)", status == 200 and "text/html" in headers.get("content-type", ""), (status, headers))
    status, _, facts = house.ask("GET", path + ".json")
    parcels = [parcel["status"] for parcel in json.loads(facts)["parcels"]] if status == 200 else status
    check("the page says delivered", "has arrived" in page and parcels == ["delivered"], parcels)

    ask_for_return(house, check, path, page)
    letters(house, check, RETURN_LETTER, count + 1)
    look = lambda: json.loads(house.ask("GET", path + ".json")[2])["returns"]
    returns = until(PATIENCE_S, look, lambda returns: returns and returns[0]["state"] == "approved")
    page = house.ask("GET", path)[2]
    check("the page says approved", len(returns) == 1 and returns[0]["state"] == "approved" and "pproved" in page, returns)

    bounce(house)
    until(PATIENCE_S, house.waiting, lambda waiting: not waiting)
    texts = len(house.texts())
    for delivery in REST:
        taken(house, check, *delivery)
        until(PATIENCE_S, house.waiting, lambda waiting: not waiting)
    bodies = [text_of(one) for one in until(PATIENCE_S, house.texts, lambda all_: len(all_) > texts)]
    check("after a bounce the rest is told by text", len(bodies) == texts + 1 and re.search(REST_TEXT, bodies[-1]), bodies[texts:])

    answer(house, "STOP")
    until(PATIENCE_S, house.waiting, lambda waiting: not waiting)
    taken(house, check, *AFTER_STOP)  # that it is told to nobody shows at rest


def at_rest(house, check, patience):
    """Nothing left to do anywhere, and nothing more came: so each letter went out exactly once."""
    seen, since = None, time.monotonic()
    deadline = since + patience
    while time.monotonic() < deadline:
        now = (house.waiting(), len(house.mails()), len(house.texts()))
        if now != seen:
            seen, since = now, time.monotonic()
        if not seen[0] and time.monotonic() - since > QUIET_S:
            break
        time.sleep(0.5)
    check(f"no message is left in any of {house.queues()} queues", not seen[0] and house.queues() > 0, seen[0])

    told = [letter for *_, letter in STORY if letter] + [RETURN_LETTER]
    mails, texts = house.mails(), house.texts()
    for kind, said, wanted in [
        ("mails", [mail["Subject"] for mail in mails], [mail for mail, _ in told]),
        ("texts", [text_of(one) for one in texts], [text for _, text in told] + [REST_TEXT]),
    ]:
        # In the order of the story, so that two of one and none of the other do not pass.
        once = len(said) == len(wanted) and all(re.search(*pair) for pair in zip(wanted, said))
        check(f"{len(wanted)} {kind} went out, each exactly once", once, said)
    to = {address for mail in mails for address in mail["To"]} | {one["phone"] for one in texts}
    check("to the customer of the order alone", to == {EMAIL, PHONE}, to)


def tell_logs(house):
    """What the functions warned of, for the person who must find out why a check failed."""
    print("--- what the functions warned of")
    logs = house.aws("logs")
    for group in logs.describe_log_groups()["logGroups"]:
        for event in logs.filter_log_events(logGroupName=group["logGroupName"])["events"]:
            if '"WARN"' in event["message"] or '"ERROR"' in event["message"] or '"refused"' in event["message"]:
                print(group["logGroupName"].rpartition("/")[2], event["message"].strip()[:500])


def main(deployed):
    known = json.loads(pathlib.Path(deployed).read_text())
    house, check = House(known), Checks()
    patience = REST_S
    try:
        play(house, check)
    except Failed:
        print("the story cannot go on")
        patience = 2 * QUIET_S  # what went wrong is known; only what is stuck is still of interest
    at_rest(house, check, patience)
    print("all checks passed" if not check.failed else f"{check.failed} checks failed")
    if check.failed:
        tell_logs(house)
    sys.exit(bool(check.failed))


if __name__ == "__main__":
    main(*sys.argv[1:])
