"""The board's jobs do what is due, once."""

import pytest

from brokerage import notice_index, tasks
from brokerage.models import Exchange, Notice, NoticeIndexRow
from tests.brokerage.acting import Two, in_days
from tests.brokerage.factories import make_need
from tests.factories import make_membership
from tslsv.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db


def test_what_leaves_the_board_soon_is_asked_about_once() -> None:
    member = make_membership()
    make_need(organisation=member.organisation, expires_on=in_days(14))
    make_need(organisation=member.organisation, expires_on=in_days(15))
    make_need(organisation=member.organisation, expires_on=in_days(3), state="paused")
    assert tasks.remind_notices(0) == 1
    assert tasks.remind_notices(0) == 0
    assert OutgoingMail.objects.get().template == "notice_ending"


def test_what_has_run_out_leaves_it() -> None:
    over, window, here = (
        make_need(expires_on=in_days(-1)),
        make_need(last_day=in_days(-1)),
        make_need(),
    )
    Notice.objects.filter(pk=window.pk).update(last_day=None)
    Notice.objects.filter(pk=over.pk).update(expires_on=in_days(5))
    notice_index.refresh([over.pk, window.pk, here.pk])
    Notice.objects.filter(pk=window.pk).update(last_day=in_days(-1))
    Notice.objects.filter(pk=over.pk).update(expires_on=in_days(-1))
    NoticeIndexRow.objects.filter(object_id=window.pk).update(due_on=in_days(0))
    assert tasks.end_notices(0) == 2
    assert tasks.end_notices(0) == 0
    over.refresh_from_db()
    assert over.state == Notice.State.EXPIRED
    assert NoticeIndexRow.objects.get().object_id == here.pk


def test_what_nobody_answers_runs_out() -> None:
    exchange = Two().proposed()
    assert tasks.remind_exchanges(0) == tasks.end_exchanges(0) == 0
    Exchange.objects.update(holds_until=exchange.created)
    assert tasks.end_exchanges(0) == 1
    assert tasks.end_exchanges(0) == 0
