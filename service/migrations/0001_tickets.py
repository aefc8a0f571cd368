import crm_site.common.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from crm_site.common.migrating import Together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('customers', '0007_guard_receipts_and_claims'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Together(
            [
        migrations.CreateModel(
            name='TicketCategory',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('inquiry', 'Inquiry'), ('complaint', 'Complaint'), ('repair', 'Repair'), ('price_dispute', 'Price dispute'), ('suggestion', 'Suggestion'), ('care', 'Care case'), ('group_complaint', 'Group complaint'), ('crisis', 'Crisis')], max_length=16, verbose_name='kind')),
                ('axis', models.CharField(choices=[('object', 'What it is about'), ('cause', 'What caused it')], default='object', max_length=8, verbose_name='tree')),
                ('code', models.SlugField(db_index=False, max_length=40, verbose_name='code')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('process', models.CharField(choices=[('standard', 'Full procedure'), ('quick', 'Answer at once'), ('on_site', 'Handled on site'), ('mediation', 'Mediation')], help_text='how it is handled', max_length=12, verbose_name='process')),
                ('feedback', models.SlugField(blank=True, help_text='key of a questionnaire', max_length=60, verbose_name='feedback form')),
                ('queue', models.CharField(choices=[('service_centre', 'Customer service centre'), ('property', 'Property management'), ('sales_office', 'Sales office'), ('engineering', 'Engineering'), ('design', 'Design'), ('marketing', 'Marketing'), ('finance', 'Finance'), ('legal', 'Legal'), ('club', 'Customer club')], default='service_centre', max_length=16, verbose_name='department')),
                ('answer', models.TextField(blank=True, max_length=1000, verbose_name='usual answer')),
                ('urgency', models.CharField(choices=[('routine', 'Routine'), ('urgent', 'Urgent'), ('complex', 'Complex')], default='routine', max_length=8, verbose_name='urgency')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('is_active', models.BooleanField(default=True, verbose_name='can be chosen')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='service.ticketcategory', verbose_name='below')),
            ],
            options={
                'ordering': ['kind', 'axis', 'position', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Ticket',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('number', models.CharField(max_length=24, unique=True)),
                ('kind', models.CharField(choices=[('inquiry', 'Inquiry'), ('complaint', 'Complaint'), ('repair', 'Repair'), ('price_dispute', 'Price dispute'), ('suggestion', 'Suggestion'), ('care', 'Care case'), ('group_complaint', 'Group complaint'), ('crisis', 'Crisis')], max_length=16, verbose_name='kind')),
                ('state', models.CharField(choices=[('received', 'Received'), ('classified', 'Classified'), ('assigned', 'Assigned'), ('investigating', 'Investigating'), ('plan_agreed', 'Plan agreed'), ('executing', 'Being carried out'), ('replied', 'Customer told'), ('callback', 'Callback'), ('closed', 'Closed'), ('reopened', 'Reopened'), ('waiting', 'Waiting for the customer'), ('cancelled', 'Cancelled'), ('merged', 'Merged')], default='received', max_length=14)),
                ('resume_state', models.CharField(blank=True, choices=[('received', 'Received'), ('classified', 'Classified'), ('assigned', 'Assigned'), ('investigating', 'Investigating'), ('plan_agreed', 'Plan agreed'), ('executing', 'Being carried out'), ('replied', 'Customer told'), ('callback', 'Callback'), ('closed', 'Closed'), ('reopened', 'Reopened'), ('waiting', 'Waiting for the customer'), ('cancelled', 'Cancelled'), ('merged', 'Merged')], help_text='while waiting or merged', max_length=14)),
                ('urgency', models.CharField(choices=[('routine', 'Routine'), ('urgent', 'Urgent'), ('complex', 'Complex')], default='routine', max_length=8, verbose_name='urgency')),
                ('rank', models.PositiveSmallIntegerField(default=2, help_text='order of lists: urgent first')),
                ('severity', models.CharField(choices=[('minor', 'Minor'), ('normal', 'Normal'), ('grave', 'Grave')], default='normal', max_length=8, verbose_name='severity')),
                ('stage', models.CharField(choices=[('pre_sale', 'Before the sale'), ('in_sale', 'During the sale'), ('after_sale', 'After the sale')], default='after_sale', max_length=10, verbose_name='stage')),
                ('channel', models.CharField(choices=[('phone', 'Phone call'), ('web', 'Web form'), ('email', 'E-mail'), ('fax', 'Fax'), ('app', "Owners' app"), ('visit', 'In person'), ('letter', 'Letter'), ('wechat', 'WeChat'), ('survey', 'Survey'), ('care', 'Care call'), ('import', 'Import'), ('voice', 'Voice message')], default='phone', max_length=8, verbose_name='channel')),
                ('contact_name', models.CharField(blank=True, max_length=80, verbose_name='contact')),
                ('contact_phone', crm_site.common.fields.EncryptedTextField(blank=True, null=True, verbose_name='phone')),
                ('contact_phone_index', models.BinaryField(null=True)),
                ('subject', models.CharField(max_length=120, verbose_name='subject')),
                ('body', models.TextField(blank=True, max_length=4000, verbose_name='what happened')),
                ('department', models.CharField(choices=[('service_centre', 'Customer service centre'), ('property', 'Property management'), ('sales_office', 'Sales office'), ('engineering', 'Engineering'), ('design', 'Design'), ('marketing', 'Marketing'), ('finance', 'Finance'), ('legal', 'Legal'), ('club', 'Customer club')], default='service_centre', max_length=16, verbose_name='department')),
                ('opened_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('due_at', models.DateTimeField(help_text='next limit, kept by the clocks', null=True)),
                ('step_due_at', models.DateTimeField(help_text='limit of the state it is in', null=True)),
                ('waiting_since', models.DateTimeField(null=True)),
                ('reopened', models.PositiveSmallIntegerField(default=0, help_text='how often')),
                ('plan', models.TextField(blank=True, max_length=4000, verbose_name='plan')),
                ('solution', models.TextField(blank=True, max_length=4000, verbose_name='solution')),
                ('told_at', models.DateTimeField(null=True)),
                ('answer', models.CharField(blank=True, choices=[('accepted', 'Accepts the solution'), ('refused', 'Does not accept it')], max_length=8)),
                ('source', models.CharField(blank=True, help_text='what opened it', max_length=40)),
                ('source_id', models.CharField(blank=True, max_length=80)),
                ('occurred_on', models.DateField(blank=True, null=True, verbose_name='happened on')),
                ('is_proactive', models.BooleanField(default=False, help_text='opened by us, not asked (SVC-35)')),
                ('is_demanding', models.BooleanField(default=False, help_text='collected, never held against (SVC-41)', verbose_name='demanding opinion')),
                ('version', models.PositiveIntegerField(default=1, help_text='guards against lost updates')),
                ('customer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tickets', to='customers.customer')),
                ('first_responder', models.ForeignKey(help_text='responsible until somebody else accepts (SVC-03)', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('group', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='members', to='service.ticket')),
                ('handler', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('merged_into', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged_tickets', to='service.ticket')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tickets', to='customers.project')),
                ('purchase', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tickets', to='customers.purchase')),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tickets', to='customers.unit')),
                ('category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tickets', to='service.ticketcategory', verbose_name='class')),
                ('cause', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='caused', to='service.ticketcategory', verbose_name='cause')),
            ],
            options={
                'permissions': [('view_tickets', 'See tickets'), ('log_ticket', 'Receive tickets'), ('work_tickets', 'Handle tickets'), ('lead_tickets', 'Assign, merge and close tickets, edit their classes'), ('direct_tickets', 'Watch tickets and direct how they are handled'), ('mediate_prices', 'Mediate price disputes')],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='TicketDirective',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(max_length=2000, verbose_name='directive')),
                ('at', models.DateTimeField()),
                ('due_at', models.DateTimeField(verbose_name='to be answered by')),
                ('answer', models.TextField(blank=True, max_length=2000, verbose_name='answer')),
                ('answered_at', models.DateTimeField(null=True)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='directives', to='service.ticket')),
            ],
            options={
                'ordering': ['pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='TicketEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('kind', models.CharField(choices=[('opened', 'Received'), ('moved', 'Moved on'), ('edited', 'Facts changed'), ('assigned', 'Assigned'), ('noted', 'Note'), ('waiting', 'Waits for the customer'), ('resumed', 'The customer answered'), ('planned', 'Plan written'), ('solved', 'Solution written'), ('told', 'Customer told'), ('answered', "Customer's answer"), ('called_back', 'Callback'), ('transfer_asked', 'Transfer offered'), ('transfer_accepted', 'Transfer accepted'), ('transfer_refused', 'Transfer refused'), ('transfer_escalated', 'Transfer unanswered, passed up'), ('task_given', 'Sub-task given'), ('task_done', 'Sub-task done'), ('task_dropped', 'Sub-task dropped'), ('directed', 'Directive of head office'), ('directive_answered', 'Directive answered'), ('merged', 'Merged'), ('unmerged', 'Merge taken back'), ('split', 'Split'), ('linked', 'Linked'), ('unlinked', 'Link removed'), ('reopened', 'Reopened'), ('paper_added', 'File attached'), ('grouped', 'Joined to a group complaint')], max_length=20)),
                ('from_state', models.CharField(blank=True, choices=[('received', 'Received'), ('classified', 'Classified'), ('assigned', 'Assigned'), ('investigating', 'Investigating'), ('plan_agreed', 'Plan agreed'), ('executing', 'Being carried out'), ('replied', 'Customer told'), ('callback', 'Callback'), ('closed', 'Closed'), ('reopened', 'Reopened'), ('waiting', 'Waiting for the customer'), ('cancelled', 'Cancelled'), ('merged', 'Merged')], max_length=14)),
                ('to_state', models.CharField(blank=True, choices=[('received', 'Received'), ('classified', 'Classified'), ('assigned', 'Assigned'), ('investigating', 'Investigating'), ('plan_agreed', 'Plan agreed'), ('executing', 'Being carried out'), ('replied', 'Customer told'), ('callback', 'Callback'), ('closed', 'Closed'), ('reopened', 'Reopened'), ('waiting', 'Waiting for the customer'), ('cancelled', 'Cancelled'), ('merged', 'Merged')], max_length=14)),
                ('note', models.TextField(blank=True, max_length=4000)),
                ('data', models.JSONField(default=dict, help_text='no personal data')),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='service.ticket')),
            ],
            options={
                'ordering': ['at', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='TicketLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('related', 'Belongs together'), ('split', 'Split off'), ('caused', 'Came from it')], default='related', max_length=8)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='linked_from', to='service.ticket')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='service.ticket')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='TicketOfficer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('duty', models.CharField(choices=[('complaint', 'Complaints'), ('repair', 'Repairs')], max_length=10)),
                ('since', models.DateTimeField()),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ticket_officers', to='customers.project')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='TicketPaper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('media_type', models.CharField(max_length=100)),
                ('size', models.PositiveIntegerField(help_text='bytes')),
                ('digest', models.CharField(help_text='SHA-256 of what is kept', max_length=64)),
                ('content', crm_site.common.fields.EncryptedTextField(help_text='base64')),
                ('stored_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('label', models.CharField(blank=True, max_length=80, verbose_name='what it is')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='papers', to='service.ticket')),
            ],
            options={
                'ordering': ['pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='TicketTask',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200, verbose_name='what is to be done')),
                ('department', models.CharField(choices=[('service_centre', 'Customer service centre'), ('property', 'Property management'), ('sales_office', 'Sales office'), ('engineering', 'Engineering'), ('design', 'Design'), ('marketing', 'Marketing'), ('finance', 'Finance'), ('legal', 'Legal'), ('club', 'Customer club')], max_length=16, verbose_name='department')),
                ('due_at', models.DateTimeField(blank=True, null=True, verbose_name='due')),
                ('state', models.CharField(choices=[('open', 'Open'), ('done', 'Done'), ('dropped', 'Dropped')], default='open', max_length=8)),
                ('result', models.TextField(blank=True, max_length=2000, verbose_name='result')),
                ('given_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('given_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tasks', to='service.ticket')),
            ],
            options={
                'ordering': ['pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='TicketTransfer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('department', models.CharField(blank=True, choices=[('service_centre', 'Customer service centre'), ('property', 'Property management'), ('sales_office', 'Sales office'), ('engineering', 'Engineering'), ('design', 'Design'), ('marketing', 'Marketing'), ('finance', 'Finance'), ('legal', 'Legal'), ('club', 'Customer club')], max_length=16)),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('state', models.CharField(choices=[('asked', 'Not accepted yet'), ('accepted', 'Accepted'), ('refused', 'Refused'), ('withdrawn', 'Taken back')], default='asked', max_length=10)),
                ('asked_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(help_text='unanswered by then, it is passed up')),
                ('escalated_at', models.DateTimeField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('giver', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('taker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='transfers', to='service.ticket')),
            ],
            options={
                'ordering': ['pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='TicketCallback',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('phone', 'By phone'), ('wechat', 'By WeChat'), ('visit', 'In person'), ('survey', 'By questionnaire')], default='phone', max_length=8, verbose_name='how')),
                ('at', models.DateTimeField()),
                ('solved', models.CharField(choices=[('yes', 'Solved'), ('partly', 'Partly solved'), ('no', 'Not solved')], max_length=6, verbose_name='solved')),
                ('pleasant', models.PositiveSmallIntegerField(help_text='raw, 1 to scale', verbose_name='feeling')),
                ('scale', models.PositiveSmallIntegerField(default=5, help_text='best mark: 5 or 10')),
                ('is_satisfied', models.BooleanField(help_text='solved and pleasant')),
                ('words', models.TextField(blank=True, max_length=2000, verbose_name='what the customer said')),
                ('round', models.PositiveSmallIntegerField(default=0, help_text='how often it was reopened then')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='callbacks', to='service.ticket')),
            ],
            options={
                'ordering': ['at', 'pk'],
                'default_permissions': (),
                'indexes': [models.Index(fields=['at'], name='ticket_callback_by_time')],
                'constraints': [models.CheckConstraint(condition=models.Q(('pleasant__gte', 1), ('pleasant__lte', models.F('scale')), ('scale__in', (5, 10))), name='ticket_callback_on_scale'), models.CheckConstraint(condition=models.Q(('solved__in', ['yes', 'partly', 'no'])), name='ticket_callback_solved_known')],
            },
        ),
            ]
        ),
        migrations.AddConstraint(
            model_name='ticketcategory',
            constraint=models.UniqueConstraint(fields=('kind', 'axis', 'code'), name='ticket_category_code_once'),
        ),
        migrations.AddConstraint(
            model_name='ticketcategory',
            constraint=models.CheckConstraint(condition=models.Q(('process', ''), _negated=True), name='ticket_category_has_process'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(fields=['rank', '-opened_at', '-id'], name='ticket_by_rank'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(fields=['project', 'state', 'rank'], name='ticket_by_project'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(fields=['handler', 'state'], name='ticket_by_handler'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(fields=['customer', '-opened_at'], name='ticket_by_customer'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(fields=['kind', '-opened_at'], name='ticket_by_kind'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(fields=['-opened_at', '-id'], name='ticket_by_opening'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(condition=models.Q(('contact_phone_index__isnull', False)), fields=['contact_phone_index'], name='ticket_by_phone'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['due_at'], name='ticket_by_due'),
        ),
        migrations.AddConstraint(
            model_name='ticket',
            constraint=models.UniqueConstraint(condition=models.Q(('source_id', ''), _negated=True), fields=('source', 'source_id'), name='ticket_source_once'),
        ),
        migrations.AddConstraint(
            model_name='ticket',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['received', 'classified', 'assigned', 'investigating', 'plan_agreed', 'executing', 'replied', 'callback', 'closed', 'reopened', 'waiting', 'cancelled', 'merged'])), name='ticket_state_known'),
        ),
        migrations.AddConstraint(
            model_name='ticket',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['inquiry', 'complaint', 'repair', 'price_dispute', 'suggestion', 'care', 'group_complaint', 'crisis'])), name='ticket_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='ticket',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('merged_into__isnull', False), ('state', 'merged')), models.Q(models.Q(('state', 'merged'), _negated=True), ('merged_into__isnull', True)), _connector='OR'), name='ticket_merged_says_where'),
        ),
        migrations.AddConstraint(
            model_name='ticket',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'closed'), _negated=True), ('closed_at__isnull', False), _connector='OR'), name='ticket_closed_has_time'),
        ),
        migrations.AddConstraint(
            model_name='ticket',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('contact_phone__isnull', True), ('contact_phone_index__isnull', True)), models.Q(('contact_phone__isnull', False), ('contact_phone_index__isnull', False)), _connector='OR'), name='ticket_phone_has_index'),
        ),
        migrations.AddConstraint(
            model_name='ticketdirective',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at__isnull', True)), models.Q(('answered_at__isnull', False), models.Q(('answer', ''), _negated=True)), _connector='OR'), name='ticket_directive_answer_is_whole'),
        ),
        migrations.AddIndex(
            model_name='ticketevent',
            index=models.Index(fields=['ticket', 'at'], name='ticket_event_by_ticket'),
        ),
        migrations.AddIndex(
            model_name='ticketevent',
            index=models.Index(fields=['kind', 'at'], name='ticket_event_by_kind'),
        ),
        migrations.AddConstraint(
            model_name='ticketlink',
            constraint=models.UniqueConstraint(fields=('ticket', 'other'), name='ticket_link_once'),
        ),
        migrations.AddConstraint(
            model_name='ticketlink',
            constraint=models.CheckConstraint(condition=models.Q(('ticket', models.F('other')), _negated=True), name='ticket_link_is_not_to_itself'),
        ),
        migrations.AddConstraint(
            model_name='ticketofficer',
            constraint=models.UniqueConstraint(fields=('project', 'duty'), name='ticket_officer_once'),
        ),
        migrations.AddConstraint(
            model_name='ticketpaper',
            constraint=models.UniqueConstraint(fields=('ticket', 'digest'), name='ticket_paper_once'),
        ),
        migrations.AddIndex(
            model_name='tickettask',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['owner', 'due_at'], name='ticket_task_open'),
        ),
        migrations.AddConstraint(
            model_name='tickettask',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'open'), models.Q(models.Q(('result', ''), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='ticket_task_ended_has_result'),
        ),
        migrations.AddIndex(
            model_name='tickettransfer',
            index=models.Index(condition=models.Q(('state', 'asked')), fields=['due_at'], name='ticket_transfer_due'),
        ),
        migrations.AddConstraint(
            model_name='tickettransfer',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'asked')), fields=('ticket',), name='ticket_transfer_one_at_a_time'),
        ),
    ]
