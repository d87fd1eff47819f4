"""A person who signs in, by email."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property


class UserManager(BaseUserManager["User"]):
    """Makes users by email; the address is kept in lower case."""

    def never_proved(self) -> "models.QuerySet[User]":
        """Sign-ups that nobody completed: no proved address, never signed in, and no part in
        anything. People whom staff made are not among them.
        """
        from allauth.account.models import EmailAddress

        addresses = EmailAddress.objects.filter(user=models.OuterRef("pk"))
        return self.filter(
            models.Exists(addresses),
            ~models.Exists(addresses.filter(verified=True)),
            last_login=None,
            is_active=True,
            is_staff=False,
            memberships=None,
            password__startswith=UNUSABLE_PASSWORD_PREFIX,
        )

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> "User":
        user = self.model(email=email, **extra)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> "User":
        """Whoever can run this has the server in hand, so the address needs no further proof."""
        from allauth.account.models import EmailAddress

        with transaction.atomic():
            user = self.create_user(email, password, is_staff=True, is_superuser=True, **extra)
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username or "")


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody with a sign-in. There are no usernames; ``email`` is unique whatever its case."""

    email = models.EmailField("email address", unique=True)
    name = models.CharField("full name", max_length=150, blank=True)
    # What the audit keeps instead of a name: erasing the person leaves a key with nobody behind it.
    audit_key = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    is_staff = models.BooleanField(
        "may open the staff pages", default=False, help_text="The stock admin, for repairs."
    )
    is_active = models.BooleanField("active", default=True)
    is_example = models.BooleanField(
        default=False,
        editable=False,
        help_text="Made up, for trying the site out; cannot sign in where others can reach it.",
    )
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    # Set for a request whose session has shown no second factor (accounts.middleware): what the
    # person may do as curator, broker or superuser sleeps until it has.
    roles_asleep = False

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique_any_case",
                violation_error_message="Somebody already signs in with this email address.",
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def clean(self) -> None:
        super().clean()
        self.email = self.email.strip().lower()

    @cached_property
    def role_names(self) -> frozenset[str]:
        """Names of this person's groups. The first time, this runs a query."""
        return frozenset(self.groups.values_list("name", flat=True))

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email
