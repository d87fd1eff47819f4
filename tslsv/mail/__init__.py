"""Mail that is never lost: a row in the transaction that caused it, sent by a job. Knows no domain.

Callers need ``tslsv.mail.outbox`` and ``tslsv.mail.links``.
"""
