import crm_site.calendars.models
import datetime
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from crm_site.common.migrating import Together


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0007_guard_receipts_and_claims'),
        ("service", "0001_tickets"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Together(
            [
        migrations.CreateModel(
            name='TicketClock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40, verbose_name='kind')),
                ('started_at', models.DateTimeField(verbose_name='started at')),
                ('due_at', models.DateTimeField(verbose_name='due at')),
                ('basis', models.CharField(choices=[('natural', 'Natural time'), ('working', 'Working time')], max_length=8, verbose_name='basis')),
                ('limit_minutes', models.PositiveIntegerField(verbose_name='limit in minutes')),
                ('reminder_percents', models.JSONField(default=crm_site.calendars.models.default_reminder_percents, verbose_name='reminders at')),
                ('policy_version', models.PositiveIntegerField(verbose_name='policy version')),
                ('calendar_key', models.CharField(max_length=40, verbose_name='work calendar')),
                ('state', models.CharField(choices=[('running', 'Running'), ('paused', 'Paused'), ('met', 'Met'), ('breached', 'Breached'), ('cancelled', 'Cancelled')], default='running', max_length=10, verbose_name='state')),
                ('paused_at', models.DateTimeField(blank=True, null=True, verbose_name='paused at')),
                ('paused_for', models.DurationField(default=datetime.timedelta, verbose_name='paused for')),
                ('pauses', models.JSONField(blank=True, default=list, verbose_name='pauses')),
                ('met_at', models.DateTimeField(blank=True, null=True, verbose_name='met at')),
                ('breached_at', models.DateTimeField(blank=True, null=True, verbose_name='breached at')),
                ('is_provisional', models.BooleanField(default=False, verbose_name='provisional')),
                ('next_step_at', models.DateTimeField(blank=True, null=True, verbose_name='next reminder at')),
                ('step', models.PositiveSmallIntegerField(default=0, verbose_name='reminders fired')),
                ('round', models.PositiveSmallIntegerField(default=0, help_text='how often it was reopened then')),
                ('target', models.PositiveSmallIntegerField(default=0, help_text='how often the limit changed')),
                ('matter', models.JSONField(default=dict, help_text='kind, urgency, channel, class codes')),
                ('line', models.JSONField(default=dict, help_text='the line of the table that fits')),
                ('escalation', models.PositiveSmallIntegerField(default=0, help_text='levels already told')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='clocks', to='service.ticket')),
            ],
            options={
                'permissions': [('view_timeliness', 'See how timely tickets are handled'), ('decide_concerns', 'Decide measures on what customers complain about')],
                'abstract': False,
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='TicketClockEffect',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('target', models.PositiveSmallIntegerField(default=0)),
                ('step', models.CharField(help_text='remind-50, remind-80, breach, escalate-2 …', max_length=40)),
                ('at', models.DateTimeField()),
                ('is_told', models.BooleanField(default=True, help_text='false: overtaken by a later one')),
                ('clock', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='effects', to='service.ticketclock')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='TicketClockEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('kind', models.CharField(choices=[('started', 'Started'), ('paused', 'Stands still: waits for the customer'), ('resumed', 'Goes on'), ('retargeted', 'Another limit'), ('met', 'Met'), ('breached', 'Ran out'), ('cancelled', 'Cancelled'), ('revived', 'Counts again'), ('recomputed', 'Computed again: the official calendar changed')], max_length=12)),
                ('due_before', models.DateTimeField(null=True)),
                ('due_after', models.DateTimeField()),
                ('facts', models.JSONField(default=dict, help_text='limit, policy and calendar versions')),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('clock', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='service.ticketclock')),
            ],
            options={
                'ordering': ['at', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ConcernMeasure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(help_text='first day of the month that was analysed')),
                ('kind', models.CharField(choices=[('measure', 'Measure'), ('decision', 'Decision to do nothing more')], max_length=8, verbose_name='what it is')),
                ('text', models.CharField(max_length=500, verbose_name='measure or reason')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='to be done by')),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='measures', to='service.ticketcategory', verbose_name='class')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='responsible')),
            ],
            options={
                'ordering': ['-at', '-pk'],
                'default_permissions': (),
                'indexes': [models.Index(fields=['month', 'category'], name='concern_measure_by_month')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind', 'decision'), models.Q(('due_on__isnull', False), ('owner__isnull', False)), _connector='OR'), name='concern_measure_has_owner_and_day'), models.CheckConstraint(condition=models.Q(('month__day', 1)), name='concern_measure_month_begins')],
            },
        ),
        migrations.CreateModel(
            name='SlowResponse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('median_minutes', models.PositiveIntegerField()),
                ('responses', models.PositiveIntegerField()),
                ('at', models.DateTimeField()),
                ('category', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='service.ticketcategory')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.project')),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('project', 'category', 'month'), name='slow_response_once_a_month', nulls_distinct=False)],
            },
        ),
            ]
        ),
        migrations.AddIndex(
            model_name='ticketclock',
            index=models.Index(condition=models.Q(('state__in', ['running', 'breached'])), fields=['next_step_at'], name='service_ticketclock_next_step'),
        ),
        migrations.AddIndex(
            model_name='ticketclock',
            index=models.Index(condition=models.Q(('state', 'running')), fields=['due_at'], name='service_ticketclock_due'),
        ),
        migrations.AddIndex(
            model_name='ticketclock',
            index=models.Index(fields=['kind', 'met_at'], name='ticket_clock_by_meeting'),
        ),
        migrations.AddIndex(
            model_name='ticketclock',
            index=models.Index(condition=models.Q(('met_at__isnull', True)), fields=['kind', 'due_at'], name='ticket_clock_overdue'),
        ),
        migrations.AddConstraint(
            model_name='ticketclock',
            constraint=models.CheckConstraint(condition=models.Q(('due_at__gt', models.F('started_at'))), name='service_ticketclock_due_after_start'),
        ),
        migrations.AddConstraint(
            model_name='ticketclock',
            constraint=models.CheckConstraint(condition=models.Q(('limit_minutes__gt', 0)), name='service_ticketclock_has_limit'),
        ),
        migrations.AddConstraint(
            model_name='ticketclock',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('met_at__isnull', False), ('state', 'met')), models.Q(models.Q(('state', 'met'), _negated=True), ('met_at__isnull', True)), _connector='OR'), name='service_ticketclock_met_has_time'),
        ),
        migrations.AddConstraint(
            model_name='ticketclock',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'breached'), _negated=True), ('breached_at__isnull', False), _connector='OR'), name='service_ticketclock_breached_has_time'),
        ),
        migrations.AddConstraint(
            model_name='ticketclock',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('paused_at__isnull', False), ('state', 'paused')), models.Q(models.Q(('state', 'paused'), _negated=True), ('paused_at__isnull', True)), _connector='OR'), name='service_ticketclock_paused_has_time'),
        ),
        migrations.AddConstraint(
            model_name='ticketclock',
            constraint=models.CheckConstraint(condition=models.Q(('next_step_at__isnull', True), ('state__in', ['running', 'breached']), _connector='OR'), name='service_ticketclock_reminds_while_open'),
        ),
        migrations.AddConstraint(
            model_name='ticketclock',
            constraint=models.UniqueConstraint(fields=('ticket', 'kind', 'round'), name='ticket_clock_once_a_round'),
        ),
        migrations.AddConstraint(
            model_name='ticketclock',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['first_touch', 'response', 'follow_up', 'closure'])), name='ticket_clock_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='ticketclockeffect',
            constraint=models.UniqueConstraint(fields=('clock', 'target', 'step'), name='ticket_clock_step_once'),
        ),
        migrations.AddIndex(
            model_name='ticketclockentry',
            index=models.Index(fields=['clock', 'at'], name='ticket_clock_trail'),
        ),
    ]
