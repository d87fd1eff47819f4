"""Whose choices they are, and what may be brought into one."""

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from accounts.addresses import confirmed_addresses
from accounts.models import Organisation, User
from buying.models import Choice, ChoiceVersion, Enquiry


def choices_of(organisation: Organisation) -> QuerySet[Choice]:
    """A buyer's records, which its owners and editors see and nobody else, curators neither.

    Whoever calls has found the visitor to be one of them (``accounts.views.member``).
    """
    return Choice.objects.of(organisation).select_related("organisation")


def chosen_in(organisation: Organisation) -> QuerySet[ChoiceVersion]:
    """Where a provider may see that it was chosen: the buyer and the day, and nothing else.

    Of what stands alone: a correction that chooses another or withdraws it takes it away.
    """
    return (
        ChoiceVersion.objects.standing()
        .filter(supplier=organisation, tells_provider=True)
        .filter(choice__organisation__is_example=organisation.is_example)
        .select_related("choice__organisation")
        .only("decided_on", "choice__organisation__name")
        .order_by("-decided_on", "-pk")
    )


def enquiries_to_choose_from(user: User, organisation: Organisation) -> QuerySet[Enquiry]:
    """Sent in the name of this buyer, or of nobody by this person; the newest first.

    What they asked in the name of another organisation is that one's.
    """
    mine = Q(user=user) | Q(user=None, address_in__in=confirmed_addresses(user))
    return (
        Enquiry.objects.annotate(address_in=Lower("email"))
        .exclude(state=Enquiry.State.UNCONFIRMED)
        .filter(Q(organisation=organisation) | Q(organisation=None) & mine)
        .order_by("-sent_at", "-pk")
    )


def buyers_of(enquiry: Enquiry, user: User) -> QuerySet[Organisation]:
    """For whom this person may record its choice: whose it is, or, where they asked it in nobody's
    name, any organisation that they act for.
    """
    theirs = Organisation.objects.of(user).order_by("name", "pk")
    if enquiry.organisation_id is not None:
        return theirs.filter(pk=enquiry.organisation_id)
    mine = enquiry.user_id == user.pk or (
        enquiry.user_id is None and enquiry.email.lower() in confirmed_addresses(user)
    )
    return theirs if mine else theirs.none()
