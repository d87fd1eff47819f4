"""Addresses under /my/<organisation>/buying/ of purchases made elsewhere, and of the report."""

from django.urls import path

from buying.views.purchases.correct_line import correct_line
from buying.views.purchases.file import file, file_csv, record_file, remove_file
from buying.views.purchases.files import files, template_csv
from buying.views.purchases.matches import matches
from buying.views.purchases.new_purchase import new_purchase
from buying.views.records import records, records_csv
from buying.views.report import report, report_csv

app_name = "purchases"

urlpatterns = [
    path("purchases/", files, name="files"),
    path("purchases/new/", new_purchase, name="new_purchase"),
    path("purchases/template.csv", template_csv, name="template_csv"),
    path("purchases/<int:pk>/", file, name="file"),
    path("purchases/<int:pk>/lines.csv", file_csv, name="file_csv"),
    path("purchases/<int:pk>/matches/", matches, name="matches"),
    path("purchases/<int:pk>/record/", record_file, name="record_file"),
    path("purchases/<int:pk>/remove/", remove_file, name="remove_file"),
    path("purchases/<int:pk>/lines/<int:line_id>/correct/", correct_line, name="correct_line"),
    path("report/", report, name="report"),
    path("report.csv", report_csv, name="report_csv"),
    path("report/records/", records, name="records"),
    path("report/records.csv", records_csv, name="records_csv"),
]
