import crm_site.staff.models
import crm_site.staff.rules.organisation
import django.contrib.auth.validators
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='OrgNode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[(crm_site.staff.rules.organisation.NodeKind['HEAD_OFFICE'], 'Head office'), (crm_site.staff.rules.organisation.NodeKind['REGION'], 'Region'), (crm_site.staff.rules.organisation.NodeKind['PROJECT'], 'Project'), (crm_site.staff.rules.organisation.NodeKind['TEAM'], 'Team')], max_length=12)),
                ('code', models.SlugField(max_length=40, unique=True)),
                ('name', models.CharField(max_length=80)),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='staff.orgnode')),
                ('project', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.orgnode')),
                ('region', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.orgnode')),
            ],
            options={
                'ordering': ['code'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('kind', crm_site.staff.rules.organisation.NodeKind['HEAD_OFFICE']), ('parent__isnull', True)), models.Q(models.Q(('kind', crm_site.staff.rules.organisation.NodeKind['HEAD_OFFICE']), _negated=True), ('parent__isnull', False)), _connector='OR'), name='org_node_only_head_office_has_no_parent'), models.CheckConstraint(condition=models.Q(('kind__in', ['head_office', 'region', 'project', 'team'])), name='org_node_kind_known')],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('role', models.CharField(max_length=20, verbose_name='role')),
                ('employee_no', models.CharField(blank=True, max_length=40, verbose_name='employee number')),
                ('density', models.CharField(default='default', max_length=8)),
                ('shortcuts', models.BooleanField(default=True)),
                ('session_stamp', models.CharField(default=crm_site.staff.models.new_session_stamp, editable=False, max_length=32)),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                ('node', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='staff', to='staff.orgnode')),
            ],
            options={
                'verbose_name': 'user',
                'verbose_name_plural': 'users',
                'permissions': [('manage_users', 'Manage users and the organisation'), ('manage_roles', 'Assign roles'), ('view_health', 'See the health of the system')],
                'abstract': False,
                'swappable': 'AUTH_USER_MODEL',
                'indexes': [models.Index(fields=['node', 'role'], name='user_by_node_and_role')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('employee_no', ''), _negated=True), fields=('employee_no',), name='user_employee_no_once')],
            },
            managers=[
                ('objects', crm_site.staff.models.StaffManager()),
            ],
        ),
    ]
