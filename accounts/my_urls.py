"""Addresses under /my/."""

from django.urls import path

from accounts.views import data, invitation, my, organisation, people

app_name = "my"

# A first word that is fixed here is reserved in accounts.slugs, so that no organisation has it.
urlpatterns = [
    path("", my.home, name="home"),
    path("organisations/new/", organisation.new_organisation, name="new_organisation"),
    path("invitations/<str:token>/", invitation.invitation, name="invitation"),
    path("invited/<int:invitation_id>/", invitation.invited, name="invited"),
    path("data/", data.data, name="data"),
    path("data/download/", data.download_data, name="download_data"),
    path("data/erase/", data.erase, name="erase"),
    path("erased/", data.erased, name="erased"),
    path("<slug:slug>/", my.organisation, name="organisation"),
    path("<slug:slug>/details/", organisation.details, name="details"),
    path("<slug:slug>/close/", organisation.close, name="close"),
    path("<slug:slug>/leave/", people.leave, name="leave"),
    path("<slug:slug>/people/", people.people, name="people"),
    path("<slug:slug>/people/<int:membership_id>/role/", people.change_role, name="change_role"),
    path(
        "<slug:slug>/people/<int:membership_id>/remove/",
        people.remove_member,
        name="remove_member",
    ),
    path("<slug:slug>/people/<int:membership_id>/hand-over/", people.hand_over, name="hand_over"),
    path(
        "<slug:slug>/invitations/<int:invitation_id>/resend/",
        people.resend_invitation,
        name="resend_invitation",
    ),
    path(
        "<slug:slug>/invitations/<int:invitation_id>/revoke/",
        people.revoke_invitation,
        name="revoke_invitation",
    ),
]
