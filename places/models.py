"""Where: wards, postcodes, and sectors for when postcodes are not loaded."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from places.distance import Point


class Ward(models.Model):
    """One of the 33 wards of Leeds, by ONS code. "In Leeds" means inside one of them."""

    code = models.CharField("ONS code", max_length=9, primary_key=True)
    name = models.CharField(max_length=60, unique=True)
    # Codes ONS gave the same ward earlier; older files still carry them.
    former_codes = ArrayField(models.CharField(max_length=9), default=list, blank=True)
    latitude = models.FloatField("label latitude")
    longitude = models.FloatField("label longitude")
    outline = models.JSONField(
        "GeoJSON outline", null=True, blank=True, help_text="Polygon or MultiPolygon, WGS84."
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def point(self) -> Point:
        return Point(self.latitude, self.longitude)


class PostcodeSector(models.Model):
    """The middle of a sector ("LS8 4"): lets a fresh install measure distance at once."""

    code = models.CharField(max_length=6, primary_key=True)
    latitude = models.FloatField()
    longitude = models.FloatField()
    # The ward most of its postcodes inside Leeds lie in; empty for a sector outside Leeds.
    main_ward = models.ForeignKey(
        Ward, on_delete=models.PROTECT, null=True, blank=True, related_name="sectors"
    )
    postcodes_in_leeds = models.PositiveIntegerField(default=0)
    postcodes_all = models.PositiveIntegerField(default=0)
    # How many postcodes the point is the mean of. Built-in figures know only those inside Leeds, so
    # for "BD1 1" it is 1 of 261, and the point says little about the rest of the sector.
    postcodes_in_mean = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code

    @property
    def point(self) -> Point:
        return Point(self.latitude, self.longitude)


class Postcode(models.Model):
    """One unit ("LS8 4AA"), its point, and its ward when it lies in Leeds."""

    unit = models.CharField(max_length=8, primary_key=True)
    latitude = models.FloatField()
    longitude = models.FloatField()
    ward = models.ForeignKey(
        Ward, on_delete=models.PROTECT, null=True, blank=True, related_name="postcodes"
    )

    class Meta:
        ordering = ["unit"]

    def __str__(self) -> str:
        return self.unit

    @property
    def point(self) -> Point:
        return Point(self.latitude, self.longitude)
