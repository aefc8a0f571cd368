import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('staff', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(help_text='a declared message kind', max_length=60)),
                ('channel', models.CharField(choices=[('in_app', 'In the application'), ('email', 'E-mail'), ('sms', 'SMS'), ('wechat', 'WeChat')], max_length=10)),
                ('addressee_kind', models.CharField(blank=True, db_default='', max_length=20)),
                ('addressee_id', models.CharField(blank=True, db_default='', max_length=40)),
                ('purpose', models.CharField(blank=True, db_default='', help_text='what the addressee must agree to', max_length=20)),
                ('subject_kind', models.CharField(blank=True, max_length=40)),
                ('subject_id', models.CharField(blank=True, max_length=40)),
                ('params', models.JSONField(default=dict, help_text='values for the text; no phone numbers')),
                ('idempotency_key', models.CharField(max_length=120, unique=True)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('sent', 'Sent'), ('failed', 'Failed'), ('suppressed', 'Held back')], default='waiting', max_length=10)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('next_attempt_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('last_error', models.CharField(blank=True, max_length=300)),
                ('reason', models.CharField(blank=True, db_default='', help_text='why it was held back', max_length=30)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('sent_at', models.DateTimeField(null=True)),
                ('read_at', models.DateTimeField(help_text='as the provider or somebody reported it', null=True)),
                ('recipient', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['next_attempt_at'], name='message_waiting'), models.Index(condition=models.Q(('addressee_kind', ''), _negated=True), fields=['addressee_kind', 'addressee_id', '-sent_at'], name='message_by_addressee')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('addressee_kind', ''), ('recipient__isnull', False)), models.Q(('recipient__isnull', True), models.Q(('addressee_kind', ''), _negated=True)), _connector='OR'), name='message_for_one_person'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'suppressed'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='message_held_back_has_reason'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at__isnull', False), _connector='OR'), name='message_sent_has_time')],
            },
        ),
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('read_at', models.DateTimeField(null=True)),
                ('message', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='notification', to='outbox.message')),
                ('recipient', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['recipient', '-id'], name='notification_latest'), models.Index(condition=models.Q(('read_at__isnull', True)), fields=['recipient'], name='notification_unread')],
            },
        ),
        migrations.CreateModel(
            name='NotificationPreference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=60)),
                ('channel', models.CharField(choices=[('in_app', 'In the application'), ('email', 'E-mail'), ('sms', 'SMS'), ('wechat', 'WeChat')], max_length=10)),
                ('is_on', models.BooleanField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='message_preferences', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('user', 'kind', 'channel'), name='preference_once'), models.CheckConstraint(condition=models.Q(('channel', 'in_app'), _negated=True), name='preference_not_for_the_application')],
            },
        ),
        migrations.CreateModel(
            name='QuietHours',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='quiet_hours', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('starts', models.TimeField()),
                ('ends', models.TimeField()),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('starts', models.F('ends')), _negated=True), name='quiet_hours_have_length')],
            },
        ),
    ]
