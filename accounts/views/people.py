"""Who belongs to an organisation, and who is asked to."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms.people import InviteForm
from accounts.models import Invitation, Membership, Role, User
from accounts.permissions import signed_in
from accounts.refused import Refused
from accounts.services import invitation as invitations
from accounts.services import membership as memberships
from accounts.views.member import member_page


@require_http_methods(["GET", "HEAD", "POST"])
@member_page()
def people(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Members see each other; owners also see and send invitations."""
    organisation, is_owner = membership.organisation, membership.role == Role.OWNER
    form = InviteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not is_owner:
            raise PermissionDenied("for owners")
        if form.is_valid():
            try:
                sent = invitations.invite(
                    organisation=organisation,
                    email=form.cleaned_data["email"],
                    role=Role(form.cleaned_data["role"]),
                    by=signed_in(request),
                )
            except Refused as refused:
                form.add_error("email", str(refused))
            else:
                messages.success(request, f"An invitation is on its way to {sent.email}.")
                return redirect("my:people", slug=organisation.slug)
    members = list(Membership.objects.for_organisation(organisation))
    context = {
        "organisation": organisation,
        "membership": membership,
        "is_owner": is_owner,
        "alone": len(members) == 1,
        "members": members,
        "invitations": Invitation.objects.for_organisation(organisation) if is_owner else [],
        "form": form,
    }
    return render(request, "my/people.html", context)


@require_POST
@member_page(owner=True)
def change_role(request: HttpRequest, membership: Membership, membership_id: int) -> HttpResponse:
    """Make a member an owner or an editor."""
    member = _member_or_404(membership, membership_id)
    role = request.POST.get("role", "")
    if role not in Role.values:
        raise Http404("no such role")

    def work(user: User) -> str:
        changed = memberships.change_role(
            organisation=membership.organisation,
            membership_id=member.pk,
            role=Role(role),
            by=user,
        )
        return f"{member.user} is now an {changed.get_role_display().lower()}."

    return _do(request, membership, work)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(owner=True)
def remove_member(request: HttpRequest, membership: Membership, membership_id: int) -> HttpResponse:
    """Asks once more, then removes."""
    member = _member_or_404(membership, membership_id)

    def work(user: User) -> str:
        memberships.remove_member(
            organisation=membership.organisation, membership_id=member.pk, by=user
        )
        return f"{member.user} no longer acts for {membership.organisation}."

    if request.method == "POST":
        return _do(request, membership, work)
    return _confirm(request, "my/remove_member.html", membership, member)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(owner=True)
def hand_over(request: HttpRequest, membership: Membership, membership_id: int) -> HttpResponse:
    """Make somebody else an owner and step down, both at once."""
    member = _member_or_404(membership, membership_id)

    def work(user: User) -> str:
        memberships.hand_over(
            organisation=membership.organisation, membership_id=member.pk, by=user
        )
        return f"{member.user} is now an owner, and you are an editor."

    if request.method == "POST":
        return _do(request, membership, work)
    return _confirm(request, "my/hand_over.html", membership, member)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page()
def leave(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Asks once more, then leaves."""
    if request.method == "POST":
        try:
            memberships.leave(organisation=membership.organisation, by=signed_in(request))
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("my:people", slug=membership.organisation.slug)
        messages.success(request, f"You no longer act for {membership.organisation}.")
        return redirect("my:home")
    others = Membership.objects.owners().filter(organisation=membership.organisation)
    context = {
        "organisation": membership.organisation,
        "last_owner": membership.role == Role.OWNER
        and not others.exclude(pk=membership.pk).exists(),
    }
    return render(request, "my/leave.html", context)


@require_POST
@member_page(owner=True)
def resend_invitation(
    request: HttpRequest, membership: Membership, invitation_id: int
) -> HttpResponse:
    """A new link goes out; the old one dies."""
    invitation = _invitation_or_404(membership, invitation_id)

    def work(user: User) -> str:
        invitations.resend(invitation=invitation, by=user)
        return f"A new invitation is on its way to {invitation.email}. The old link is dead."

    return _do(request, membership, work)


@require_POST
@member_page(owner=True)
def revoke_invitation(
    request: HttpRequest, membership: Membership, invitation_id: int
) -> HttpResponse:
    """Take it back; asking again is easy, so this does not ask twice."""
    invitation = _invitation_or_404(membership, invitation_id)

    def work(user: User) -> str:
        invitations.revoke(invitation=invitation, by=user)
        return f"The invitation to {invitation.email} is taken back."

    return _do(request, membership, work)


def _member_or_404(membership: Membership, membership_id: int) -> Membership:
    members = Membership.objects.for_organisation(membership.organisation)
    return get_object_or_404(members, pk=membership_id)


def _invitation_or_404(membership: Membership, invitation_id: int) -> Invitation:
    """Answered ones too, so that the second of two owners reads what has happened."""
    rows = Invitation.objects.filter(organisation=membership.organisation)
    return get_object_or_404(rows.select_related("organisation"), pk=invitation_id)


def _do(request: HttpRequest, membership: Membership, work: Callable[[User], str]) -> HttpResponse:
    """Call the service, say what came of it, and go back to the people."""
    try:
        messages.success(request, work(signed_in(request)))
    except Refused as refused:
        messages.error(request, str(refused))
    # Whoever has just stepped down may still see this page.
    return redirect("my:people", slug=membership.organisation.slug)


def _confirm(
    request: HttpRequest, template: str, membership: Membership, member: Membership
) -> HttpResponse:
    context = {
        "organisation": membership.organisation,
        "member": member,
        "yourself": member.pk == membership.pk,
    }
    return render(request, template, context)
