"""Every address of the site. A URL's name, its view and its template share one name."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from tslsv import views

urlpatterns = [
    path("", views.home, name="home"),
    path("about/", views.about, name="about"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
    path("proof/", views.proof, name="proof"),
    path("providers/", include("providers.urls")),
    path("toms/", include("toms.urls")),
    path("api/", include("toms.api_urls")),
    path("buying/", include("buying.urls")),
    path("brokerage/", include("brokerage.urls")),
    path("broker/", include("brokerage.broker_urls")),
    path("my/<slug:slug>/offers/", include("providers.my_urls")),
    path("my/<slug:slug>/enquiries/", include("buying.enquiry_urls")),
    path("my/<slug:slug>/buying/", include("buying.purchase_urls")),
    path("my/<slug:slug>/buying/", include("buying.my_urls")),
    path("my/<slug:slug>/toms/", include("toms.my_urls")),
    path("my/<slug:slug>/brokerage/", include("brokerage.my_urls")),
    path("my/<slug:slug>/embedding/", include("providers.embedding_urls")),
    path("my/alerts/", include("providers.alert_urls")),
    path("my/", include("accounts.my_urls")),
    path("curate/enquiries/", include("buying.curate_urls")),
    path("curate/toms/comments/", include("toms.curate_comment_urls")),
    path("curate/toms/", include("toms.curate_urls")),
    path("curate/", include("providers.curate_urls")),
    path("accounts/", include("accounts.urls")),
    path("admin/", admin.site.urls),
    path("healthz", views.healthz, name="healthz"),
    path("robots.txt", views.robots, name="robots"),
    path("favicon.ico", views.favicon, name="favicon"),
]

# Anybody who can open these can read everybody's sign-in codes.
if settings.LOOPBACK:
    urlpatterns.append(path("mailbox/", include("tslsv.mail.urls")))

handler400 = "tslsv.views.bad_request"
handler403 = "tslsv.views.permission_denied"
handler404 = "tslsv.views.page_not_found"
handler429 = "tslsv.views.too_many_requests"  # allauth looks it up here
handler500 = "tslsv.views.server_error"
