"""The site's addresses, and those that only a benchmark needs."""

from django.urls import path

from bench import views
from bench.peer_admin import site
from tslsv.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("bench/constant", views.constant),
    path("bench/forget-cards", views.forget_cards),
    path("bench/search", views.search),
    path("bench/board-constant", views.board_constant),
    path("bench/board-search", views.board_search),
    path("bench/admin/", site.urls),
    *urlpatterns,
]
