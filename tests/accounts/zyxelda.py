"""One person with a row in every table that can hold something about a person."""

import datetime
from dataclasses import dataclass

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent, Organisation, Role, User
from brokerage.models import (
    Actual,
    Blackout,
    CalendarKey,
    Contact,
    Feedback,
    Helper,
    HostMonth,
    Side,
    VerifierLink,
)
from providers.models import Claim, Listing
from tests.brokerage.factories import (
    make_capacity,
    make_exchange,
    make_need,
    make_offer,
    make_released,
)
from tests.buying.factories import (
    make_blocked_asker,
    make_choice,
    make_considered,
    make_enquiry,
    make_filed,
    make_message,
    make_purchase_file,
    make_purchase_line,
    make_recipient,
    make_rules,
    make_version,
)
from tests.factories import (
    make_alert,
    make_claim,
    make_confirmed_user,
    make_embed_host,
    make_entry_request,
    make_former_slug,
    make_identifier,
    make_invitation,
    make_listing,
    make_listing_change,
    make_membership,
    make_not_double,
    make_organisation,
    make_problem_report,
    make_register_entry,
    make_registration,
    make_shortlist,
    make_shortlist_item,
)
from tests.toms.factories import (
    make_adoption,
    make_comment,
    make_measure_version,
    make_release,
)
from tslsv.mail.outbox import queue_mail

NAME = "Zyxelda Quent"
EMAIL = "zyxelda@person.example"
SECOND = "quent@zyxelda.example"
IP = "192.0.2.77"
SECRET = "a-secret-of-the-second-factor"


@dataclass(frozen=True, slots=True)
class Zyxelda:
    """The person, where they are signed in, and what they left."""

    user: User
    browser: Client
    kitchen: Organisation
    listing: Listing


def make_zyxelda() -> Zyxelda:
    """Nothing of anybody else holds the words ``zyxelda`` or ``quent``."""
    user = make_confirmed_user(EMAIL, name=NAME)
    second = EmailAddress.objects.create(user=user, email=SECOND, verified=True)
    EmailConfirmation.objects.create(email_address=second, key="key", sent=timezone.now())
    Authenticator.objects.create(user=user, type="totp", data={"secret": SECRET})
    account = SocialAccount.objects.create(
        user=user, provider="employer", uid="zyxelda", extra_data={"email": EMAIL}
    )
    SocialToken.objects.create(account=account, token="a-token-for-elsewhere")
    browser = Client()
    browser.force_login(user)
    UserSession.objects.update_or_create(
        session_key=browser.session.session_key,
        defaults={"user": user, "ip": IP, "user_agent": "Zyxelda's browser"},
    )
    kitchen = make_organisation(
        "Holbeck Kitchen", contact_name=NAME, email=EMAIL.upper(), phone="0113 496 0101"
    )
    make_membership(kitchen, user)
    make_membership(kitchen, make_confirmed_user("kim@example.org", name="Kim Other"))
    make_former_slug(kitchen, "old-kitchen")
    make_identifier(kitchen, checked_by=user, checked_on=timezone.localdate())
    make_claim(
        kitchen,
        level=Claim.Level.CHECKED,
        checked_by=user,
        proposed_by=user,
        proposed_on=timezone.localdate(),
    )
    listing = make_listing(kitchen, contact_name=NAME, email=SECOND)
    make_register_entry(listing)
    make_registration(listing, email=EMAIL, user=user)
    shortlist = make_shortlist(user, name="Zyxelda's lunch")
    make_shortlist_item(shortlist, listing, note=f"Ring {SECOND}.")
    make_alert(user, query="q=zyxelda")
    make_alert(email=SECOND.title(), query="q=quent", confirmed_at=None)
    make_embed_host(kitchen)
    make_listing_change(listing, made_by=user, values={"email": SECOND, "title": "Lunches"})
    other = make_organisation("Burley Hall")
    make_not_double(kitchen, other)
    make_entry_request(other, email=SECOND, name=NAME, text=f"I am {NAME}.")
    make_entry_request(kitchen, state="granted", decided_by=user)
    make_membership(other, role=Role.OWNER)
    make_invitation(other, email=EMAIL)
    make_invitation(kitchen, email="invited@example.org", invited_by=user)
    make_invitation(
        other,
        email="sent-to-zyxelda@elsewhere.example",
        accepted_at=timezone.now(),
        accepted_by=user,
    )
    make_problem_report(other, email=EMAIL, text=f"Write to {SECOND.title()} about it.")
    make_problem_report(
        other, email="someone@example.org", resolution=f"Asked {EMAIL}, who said so."
    )
    _buys(user, kitchen, listing, other)
    _exchanges(user, kitchen, other)
    make_measure_version(made_by=user)
    release = make_release(adopted_by=user)
    make_comment(release, email=SECOND, name=NAME, looked_at_by=user)
    public = {"state": "published", "outcome": "kept", "responded_by": user}
    make_comment(release, email="", user=user, name=NAME, organisation=kitchen, **public)
    make_adoption(kitchen, release, by=user)
    for address in (EMAIL, SECOND):
        queue_mail(
            to=address,
            template="invitation",
            context={
                "organisation": "Burley Hall",
                "inviter": NAME,
                "url": "http://localhost:8000/my/",
                "until": timezone.now() + datetime.timedelta(days=1),
            },
        )
    AuditEvent.record(
        verb="changed", target=kitchen, organisation=kitchen, actor_key=user.audit_key
    )
    people = ContentType.objects.get_for_model(User)
    for about, action_by in ((user, make_confirmed_user("staff@example.org")), (other, user)):
        LogEntry.objects.create(
            user=action_by,
            content_type=ContentType.objects.get_for_model(type(about)),
            object_id=str(about.pk),
            object_repr=str(about),
            action_flag=CHANGE,
            change_message="Changed.",
        )
    assert LogEntry.objects.filter(content_type=people, object_repr=NAME).exists()
    return Zyxelda(user, browser, kitchen, listing)


def _buys(user: User, kitchen: Organisation, listing: Listing, other: Organisation) -> None:
    """What they asked, were asked, chose and uploaded, for ``kitchen``."""
    enquiry = make_enquiry(
        email=SECOND, name=NAME, what=f"Ring {SECOND}.", user=user, organisation=kitchen
    )
    asked = make_recipient(
        enquiry,
        listing,
        organisation=other,
        report_settled_by=user,
        report_settled_at=timezone.now(),
    )
    make_message(asked, by="asker", kind="message", text=f"Write to {EMAIL}.", user=user)
    make_message(make_recipient(listing=listing), user=user)
    make_blocked_asker(EMAIL)
    make_blocked_asker(organisation=kitchen, made_by=user)
    make_rules(kitchen)
    choice = make_choice(kitchen, made_by=user)
    make_filed(choice, supplier=other, filed_by=user)
    make_considered(make_version(choice), organisation=other)
    make_purchase_line(make_purchase_file(kitchen, made_by=user), supplier=other, decided_by=user)


def _exchanges(user: User, kitchen: Organisation, other: Organisation) -> None:
    """What they offered, agreed, did and said on the brokerage board, for ``kitchen``."""
    need = make_need(organisation=other, contact_name="Kim Other")
    make_offer(
        organisation=kitchen, kind=need.kind, contact_name=NAME, contact_email=SECOND.upper()
    )
    make_capacity(organisation=kitchen)
    make_released(organisation=kitchen)
    Blackout.objects.create(
        organisation=kitchen, first_day=timezone.localdate(), last_day=timezone.localdate()
    )
    HostMonth.objects.create(organisation=kitchen, month=timezone.localdate().replace(day=1))
    exchange = make_exchange(need=need, giver=kitchen, version={"made_by": user})
    Contact.objects.filter(exchange=exchange, side=Side.GIVER).update(
        name=NAME, email=SECOND, phone="0113 496 0101", user=user
    )
    actual = Actual.objects.create(
        exchange=exchange,
        by=Actual.By.GIVER,
        giver_hours=6,
        happened_on=timezone.localdate(),
        made_by=user,
    )
    VerifierLink.objects.create(
        actual=actual, name=NAME, email=EMAIL.title(), expires_at=timezone.now()
    )
    Feedback.objects.create(exchange=exchange, side=Side.GIVER, went="well", user=user)
    CalendarKey.objects.create(user=user)
    CalendarKey.objects.create(organisation=kitchen)
    Helper.objects.create(name=NAME, email=SECOND)
