"""What the brokerage board shows on the pages under /my/."""

from django.db.models import Count, Q
from django.urls import reverse

from accounts.models import Organisation, User
from accounts.permissions import is_broker
from accounts.registry import Panel, Waiting
from brokerage.exchange_rows import rows_of
from brokerage.models import Exchange, Notice

State = Notice.State


def notices_panel(organisation: Organisation) -> Panel:
    """What it needs and offers, and the way to say more. One query."""
    published = Q(state=State.PUBLISHED)
    counts = Notice.objects.filter(organisation=organisation).aggregate(
        needs=Count("pk", filter=published & Q(side=Notice.Side.NEED)),
        offers=Count("pk", filter=published & Q(side=Notice.Side.OFFER)),
    )
    names = ("notices", "new_notice", "capacity")
    urls = {name: reverse(f"my_brokerage:{name}", args=[organisation.slug]) for name in names}
    return Panel("Needs and offers", "my_brokerage/parts/notices_panel.html", {**counts, **urls})


def exchanges_panel(organisation: Organisation) -> Panel:
    """How many exchanges go on, and how many are confirmed. One query."""
    counts = Exchange.objects.of(organisation).aggregate(
        going_on=Count("pk", filter=Q(state__in=Exchange.HOLDING)),
        confirmed=Count("pk", filter=Q(confirmed__isnull=False)),
    )
    url = reverse("my_brokerage:exchanges", args=[organisation.slug])
    return Panel("Exchanges", "my_brokerage/parts/exchanges_panel.html", {**counts, "url": url})


def waiting_notices(user: User) -> list[Waiting]:
    """What came back from a broker, has run out, or waits for one. One query."""
    rows = (
        Notice.objects.written_by(user)
        .filter(state__in=[State.RETURNED, State.EXPIRED, State.SUBMITTED])
        .select_related("organisation")
        .order_by("modified", "pk")
    )
    return [_of_notice(row) for row in rows]


def _of_notice(notice: Notice) -> Waiting:
    url = reverse("my_brokerage:my_notice", args=[notice.organisation.slug, notice.reference])
    if notice.state == State.SUBMITTED:
        return Waiting(
            text=f"{notice} is sent in",
            organisation=notice.organisation,
            whom="a broker",
            since=notice.submitted_at,
        )
    is_returned = notice.state == State.RETURNED
    return Waiting(
        text=f"A broker asks for a change: {notice}" if is_returned else f"{notice} has run out",
        organisation=notice.organisation,
        url=url,
        action="Change it" if is_returned else "Renew it",
        since=notice.modified,
    )


def waiting_exchanges(user: User) -> list[Waiting]:
    """What waits for a side that this person acts for. Three queries at most."""
    mine = list(Organisation.objects.of(user))
    if not mine:
        return []
    found = (
        Exchange.objects.seen_by(user)
        .filter(state__in=[Exchange.State.PROPOSED, Exchange.State.INTRODUCED,
                           Exchange.State.AMENDED])
        .select_related("host", "giver", "kind")
        .prefetch_related("versions")
        .order_by("state_since", "pk")
    )  # fmt: skip
    waiting = []
    for organisation in mine:
        ours = [row for row in found if organisation.pk in {row.host_id, row.giver_id}]
        waiting += [
            Waiting(
                text=f"{row.them}: {row.exchange.title}",
                organisation=organisation,
                url=f"{row.exchange.get_absolute_url()}?as={row.side.value}",
                action="Answer" if row.exchange.state == Exchange.State.PROPOSED else "Look at it",
                since=row.exchange.state_since,
            )
            for row in rows_of(ours, organisation)
            if row.waits_for_us
        ]
    return waiting


def waiting_for_brokers(user: User) -> list[Waiting]:
    """What waits for whoever runs the board; nothing for anybody else. Two queries."""
    if not is_broker(user):
        return []
    read = Notice.objects.submitted()
    asked = Exchange.objects.filter(broker_asked_at__isnull=False).order_by("broker_asked_at")
    url = reverse("broker:queue")
    waiting = []
    if number := read.count():
        first = read.values_list("submitted_at", flat=True).first()
        words = "1 need or offer to read" if number == 1 else f"{number:,} needs and offers to read"
        waiting.append(Waiting(text=words, url=url, action="Open the queue", since=first))
    waiting += [
        Waiting(
            text=f"Somebody asks for a broker: {exchange}",
            url=f"{exchange.get_absolute_url()}?as=broker",
            action="Look at it",
            since=exchange.broker_asked_at,
        )
        for exchange in asked
    ]
    return waiting
