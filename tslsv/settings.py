"""All settings, read from the environment. Nothing here has a default that is unsafe in public.

``TSLSV_LOOPBACK=1`` marks the run that the launcher makes on this machine's loopback address
(``make run``, ``make test``). Only that run may serve plain HTTP and use plain cookie names.
docs/running.md lists every variable; a test compares the two.
"""

from pathlib import Path

import dj_database_url
from django.utils.csp import CSP

from tslsv import env, oidc
from tslsv.build import build_of
from tslsv.site_url import site_url_of

BASE_DIR = Path(__file__).resolve().parent.parent

LOOPBACK = env.flag("TSLSV_LOOPBACK")
DEBUG = env.flag("DEBUG")
SECRET_KEY = env.text("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
DATA_DIR = Path(env.text("DATA_DIR", str(BASE_DIR / ".data")))
SITE_NAME = "Leeds Social Value"
# Where the site is, for links in mails; never what a visitor's browser says.
SITE_URL = site_url_of(
    env.text("SITE_URL", ""),
    hosts=ALLOWED_HOSTS,
    loopback_port=env.number("PORT", 8000) if LOOPBACK else None,
)
# Who runs this site and where to write to them; pages leave out what is empty.
OPERATOR_NAME = env.text("OPERATOR_NAME", "")
SUPPORT_EMAIL = env.text("SUPPORT_EMAIL", "")
# Part of every page's ETag, so that a new program never answers "unchanged".
BUILD = env.text("BUILD", "") or build_of(BASE_DIR)

INSTALLED_APPS = [
    "tslsv",
    "tslsv.search",
    "tslsv.ui",
    "tslsv.mail",
    "accounts",
    "places",
    "toms",
    "providers",
    "buying",
    "brokerage",
    "tslsv.desk_config.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "procrastinate.contrib.django",
    "django_filters",
    "crispy_forms",
    "django_htmx",
    "js_lib_leaflet",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tslsv.middleware.BadBytesMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "tslsv.urls"
WSGI_APPLICATION = "tslsv.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tslsv.context.site",
            ],
            "builtins": ["tslsv.ui.templatetags.ui", "tslsv.mail.templatetags.mail"],
        },
    }
]

# -- Database ---------------------------------------------------------------------------------
DATABASES = {"default": dj_database_url.parse(env.text("DATABASE_URL"))}
DATABASES["default"]["OPTIONS"] = {
    **DATABASES["default"].get("OPTIONS", {}),
    # A pool keeps connections open between requests without tying one to each thread.
    "pool": {"min_size": 1, "max_size": env.number("DATABASE_POOL", 8), "timeout": 10},
}
if env.flag("DATABASE_PREPARE", default=True):
    # The index's upkeep is planned once for each connection: planning takes longer than running.
    # A plan of its own for each call would never be kept, as it looks cheaper until it is made.
    DATABASES["default"]["OPTIONS"] |= {
        "prepare_threshold": 5,
        "options": "-c plan_cache_mode=force_generic_plan",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- People -----------------------------------------------------------------------------------
# Why each is as it is: docs/adr/0005-signing-in.md.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "my:home"
# The address of a service that knows leaked passwords by the first five letters of their hash.
PASSWORD_BREACH_URL = env.text("PASSWORD_BREACH_URL", "")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        # Refuses one's own email address or name as it stands, and nothing that merely has a part
        # of it: that would be a rule of composition.
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name"), "max_similarity": 1.0},
    },
    {"NAME": "accounts.passwords.BreachedPasswordValidator"},
]

ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
# No password at sign-up: whoever signs up with somebody else's address must not leave one behind.
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# Everything that is mailed is a code: it works on another device than the one the mail is read on,
# and no mail filter can use it up by opening it.
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = 3
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = 3
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_TIMEOUT = 30 * 60
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 8, "dashed": True}
# One in ten seconds, allauth's own rate, would answer a double click with "too often".
ACCOUNT_RATE_LIMITS = {"confirm_email": "3/m/key"}
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {
    "login": "accounts.forms.sign_in.CodeLoginForm",
    "signup": "accounts.forms.sign_in.SignUpForm",
    "confirm_login_code": "accounts.forms.codes.LoginCodeForm",
    "confirm_email_verification_code": "accounts.forms.codes.EmailCodeForm",
    "confirm_password_reset_code": "accounts.forms.codes.PasswordResetCodeForm",
    "reset_password": "accounts.forms.passwords.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.passwords.NewPasswordForm",
    "change_password": "accounts.forms.passwords.ChangePasswordForm",
    "set_password": "accounts.forms.passwords.SetPasswordForm",
    "reauthenticate": "accounts.forms.passwords.PasswordAgainForm",
    "add_email": "accounts.forms.sign_in.ChangeEmailForm",
}

MFA_ADAPTER = "accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = SITE_NAME
MFA_TOTP_TOLERANCE = 1  # a clock may be half a minute off
# Browsers offer passkeys over plain HTTP on localhost alone.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOOPBACK
MFA_FORMS = {
    "authenticate": "accounts.forms.codes.SecondFactorForm",
    "reauthenticate": "accounts.forms.codes.SecondFactorAgainForm",
    "activate_totp": "accounts.forms.codes.ActivateAppForm",
    "add_webauthn": "accounts.forms.passkeys.AddPasskeyForm",
    "edit_webauthn": "accounts.forms.passkeys.RenamePasskeyForm",
    "authenticate_webauthn": "accounts.forms.passkeys.PasskeyForm",
    "login_webauthn": "accounts.forms.passkeys.PasskeyLoginForm",
    "reauthenticate_webauthn": "accounts.forms.passkeys.PasskeyAgainForm",
}
# How long a second factor holds for the pages of curators, brokers and superusers.
SECOND_FACTOR_HOURS = 12

SOCIALACCOUNT_ADAPTER = "accounts.adapters.EmployerAdapter"
EMPLOYERS = oidc.apps(env.text("OIDC_PROVIDERS", "[]"), loopback=LOOPBACK)
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": EMPLOYERS}}
SOCIALACCOUNT_FORMS = {"disconnect": "accounts.forms.employers.RemoveEmployerForm"}
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True  # for addresses that the employer owns
SOCIALACCOUNT_STORE_TOKENS = False

# How long somebody stays signed in who does nothing to end it.
SESSION_COOKIE_AGE = 30 * 24 * 3600
# An address that nobody has proved to be theirs within this time is forgotten.
UNPROVED_ACCOUNT_DAYS = 7

# -- Counting across processes ------------------------------------------------------------------
REDIS_URL = env.text("REDIS_URL", "")
CACHES: dict[str, dict[str, object]] = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",  # made by a migration of accounts
        # Full, it would throw away counts that still hold; each costs some 200 bytes.
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

# -- Language and time ------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True

# -- Static files -----------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# -- Security ---------------------------------------------------------------------------------
# Map tiles come from a configured server, or from none: then outlines and points still show.
MAP_TILES_URL = env.text("MAP_TILES_URL", "")
MAP_TILES_ATTRIBUTION = env.text("MAP_TILES_ATTRIBUTION", "")
MAP_TILES_ORIGIN = env.text("MAP_TILES_ORIGIN", "")

SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:", *([MAP_TILES_ORIGIN] if MAP_TILES_ORIGIN else [])],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF, *oidc.origins(EMPLOYERS)],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "object-src": [CSP.NONE],
}
SECURE_HSTS_SECONDS = 0 if LOOPBACK else 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_SSL_REDIRECT = not LOOPBACK
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if BEHIND_PROXY := env.flag("BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# How many proxies of ours a request passes: so many entries of X-Forwarded-For are to be believed.
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 1) if BEHIND_PROXY else 0
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not LOOPBACK
SESSION_COOKIE_NAME = "session" if LOOPBACK else "__Host-session"
CSRF_COOKIE_NAME = "csrf" if LOOPBACK else "__Host-csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "tslsv.views.csrf_failure"

DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
# Photos come one at a time. Of a larger file only the size is kept, to say what was wrong.
DATA_UPLOAD_MAX_NUMBER_FILES = 2
FILE_MOST_BYTES = 10_000_000
FILE_UPLOAD_HANDLERS = [
    "tslsv.uploads.TooLargeHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# -- Curation ---------------------------------------------------------------------------------
# Within how many working days people are told that a curator looks at what they sent in.
CURATION_DAYS = env.number("CURATION_DAYS", 3)
# Whether a claim is "checked" only once a second curator has said so, too.
CHECKED_NEEDS_SECOND_CURATOR = env.flag("CHECKED_NEEDS_SECOND_CURATOR")

# -- Forms ------------------------------------------------------------------------------------
CRISPY_ALLOWED_TEMPLATE_PACKS = ("tsl",)
CRISPY_TEMPLATE_PACK = "tsl"
CRISPY_FAIL_SILENTLY = False

# -- Mail -------------------------------------------------------------------------------------
# The loopback run keeps its mails and shows them at /mailbox/; any other has a mail server.
MAILERS: dict[str, dict[str, object]] = {
    "default": {"BACKEND": "tslsv.mail.kept.EmailBackend"}
    if LOOPBACK
    else {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": env.text("MAIL_HOST", "localhost"),
            "port": env.number("MAIL_PORT", 25),
            "username": env.text("MAIL_USER", ""),
            "password": env.text("MAIL_PASSWORD", ""),
            "use_tls": env.flag("MAIL_TLS"),
            "timeout": 20,
        },
    }
}
DEFAULT_FROM_EMAIL = SUPPORT_EMAIL or "webmaster@localhost"
# The host whose mail is piped into ``manage.py receive_mail``, so that mails of a conversation can
# be answered by mail; empty: they are answered on their page.
REPLY_HOST = env.text("REPLY_HOST", "")

# -- Jobs -------------------------------------------------------------------------------------
PROCRASTINATE_WORKER_DEFAULTS = {
    # One job that waits, say for a mail server that is slow, does not hold up the others.
    "concurrency": 4,
    # A worker that is silent for so long is taken for dead, and tslsv.tasks gives its jobs to
    # another: with the look round every 20 seconds, all within a minute.
    "update_heartbeat_interval": 5.0,
    "stalled_worker_timeout": 20.0,
}

# -- How long things are kept, in days (accounts.tasks removes what is older, every night) --------
# Invitations after they ran out, mails after they were sent.
KEEP_INVITATIONS_DAYS = env.number("KEEP_INVITATIONS_DAYS", 90)
KEEP_MAILS_DAYS = env.number("KEEP_MAILS_DAYS", 90)
# Email addresses of reports after they were dealt with, searches after they were last tried.
KEEP_REPORT_EMAILS_DAYS = env.number("KEEP_REPORT_EMAILS_DAYS", 180)
KEEP_EMPTY_SEARCHES_DAYS = env.number("KEEP_EMPTY_SEARCHES_DAYS", 365)
# Registrations whose address nobody confirmed, after the last thing written in them; requests to
# act for an organisation or to have it removed, after they were settled.
KEEP_REGISTRATIONS_DAYS = env.number("KEEP_REGISTRATIONS_DAYS", 60)
KEEP_ENTRY_REQUESTS_DAYS = env.number("KEEP_ENTRY_REQUESTS_DAYS", 365)
# Shortlists of visitors who have not signed in, after the last change. Their session lasts 30 days.
KEEP_SHORTLISTS_DAYS = env.number("KEEP_SHORTLISTS_DAYS", 31)
KEEP_UNCONFIRMED_ENQUIRIES_DAYS = env.number("KEEP_UNCONFIRMED_ENQUIRIES_DAYS", 7)
KEEP_ENQUIRIES_DAYS = env.number("KEEP_ENQUIRIES_DAYS", 730)
KEEP_UNCONFIRMED_COMMENTS_DAYS = env.number("KEEP_UNCONFIRMED_COMMENTS_DAYS", 7)
KEEP_COMMENT_EMAILS_DAYS = env.number("KEEP_COMMENT_EMAILS_DAYS", 365)
KEEP_PURCHASE_FILES_DAYS = env.number("KEEP_PURCHASE_FILES_DAYS", 90)
# The brokerage board. A need or an offer stays on it for so long, and is reminded of before.
NOTICE_DAYS = env.number("NOTICE_DAYS", 90)
NOTICE_REMINDER_DAYS = env.number("NOTICE_REMINDER_DAYS", 14)
# A proposal holds its places for so long, and is reminded of on these days.
PROPOSAL_DAYS = env.number("PROPOSAL_DAYS", 10)
PROPOSAL_REMINDER_DAYS = (2, 5)
# How long two who were introduced have to agree, before what they hold is free again.
INTRODUCTION_DAYS = env.number("INTRODUCTION_DAYS", 28)
VERIFIER_LINK_DAYS = env.number("VERIFIER_LINK_DAYS", 28)
# How long both sides may say how it was, before an exchange that was delivered is closed.
FEEDBACK_DAYS = env.number("FEEDBACK_DAYS", 28)
# Mails about new offers that nobody confirmed, after they were asked for, or that were stopped.
KEEP_ALERTS_DAYS = env.number("KEEP_ALERTS_DAYS", 14)
# Contacts of exchanges, after these ended; links that asked to confirm, after they ran out.
KEEP_EXCHANGE_CONTACTS_DAYS = env.number("KEEP_EXCHANGE_CONTACTS_DAYS", 730)
KEEP_VERIFIER_LINKS_DAYS = env.number("KEEP_VERIFIER_LINKS_DAYS", 90)

# -- Logs: one JSON object a line on standard output, without personal data ---------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "tslsv.logs.JsonFormatter"}},
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "json",
        }
    },
    "root": {"handlers": ["stdout"], "level": "INFO"},
    "loggers": {
        # It announces every periodic task at every start of any command.
        "procrastinate": {"level": "WARNING"},
        "django.server": {"handlers": ["stdout"], "level": "INFO", "propagate": False},
    },
}
