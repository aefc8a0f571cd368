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
            name='PolicyVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=60)),
                ('version', models.PositiveIntegerField()),
                ('payload', models.JSONField()),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('submitted', 'Awaiting approval'), ('approved', 'Approved'), ('rejected', 'Rejected')], default='draft', max_length=10)),
                ('valid_from', models.DateTimeField(help_text='set when approved', null=True)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('decided_at', models.DateTimeField(null=True)),
                ('approver', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'permissions': [('view_policy', 'See policies'), ('change_policy', 'Draft a policy'), ('approve_policy', 'Approve a policy')],
                'default_permissions': (),
                'indexes': [models.Index(fields=['key', 'state', '-valid_from'], name='policy_in_force')],
                'constraints': [models.UniqueConstraint(fields=('key', 'version'), name='policy_version_once'), models.UniqueConstraint(condition=models.Q(('state__in', ['draft', 'submitted'])), fields=('key',), name='policy_one_open_proposal'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'approved'), _negated=True), ('valid_from__isnull', False), _connector='OR'), name='policy_approved_has_start'), models.CheckConstraint(condition=models.Q(('approver__isnull', True), ('author__isnull', True), models.Q(('approver', models.F('author')), _negated=True), _connector='OR'), name='policy_not_approved_by_its_author')],
            },
        ),
    ]
