"""Two organisations that look like one, and are not."""

from django.db import models

from accounts.models import Organisation


class NotDouble(models.Model):
    """A curator has looked at the pair: it is not proposed again. ``first`` has the lower id."""

    first = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["first", "second"],
                name="not_double_once",
                violation_error_message="This pair has been looked at already.",
            ),
            models.CheckConstraint(
                condition=models.Q(first__lt=models.F("second")),
                name="not_double_in_order",
                violation_error_message="The lower number comes first.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} is not {self.second_id}"
