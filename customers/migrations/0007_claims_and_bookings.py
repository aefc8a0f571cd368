"""Claims on customers, append-only, and the numbers that other systems gave bookings."""

import customers.purchase.rules
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


REFUSE = """
CREATE TRIGGER claim_event_never_changes
    BEFORE UPDATE ON customers_claimevent FOR EACH ROW
    WHEN (
        ROW(OLD.id, OLD.case_id, OLD.kind, OLD.party, OLD.at, OLD.facts, OLD.actor_id)
        IS DISTINCT FROM
        ROW(NEW.id, NEW.case_id, NEW.kind, NEW.party, NEW.at, NEW.facts, NEW.actor_id)
    )
    EXECUTE FUNCTION customers_known_never_changes();
CREATE TRIGGER claim_decision_never_changes
    BEFORE UPDATE ON customers_claimdecision FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.*)
    EXECUTE FUNCTION customers_known_never_changes();
"""
ALLOW = """
DROP TRIGGER claim_event_never_changes ON customers_claimevent;
DROP TRIGGER claim_decision_never_changes ON customers_claimdecision;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0006_units'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ClaimCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('opened_at', models.DateTimeField()),
            ],
            options={
                'permissions': [('view_claims', 'See who brought which customer'), ('report_claims', 'Report customers for agencies and note their visits'), ('decide_claims', 'Decide disputed claims and appeals')],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ClaimDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(help_text='counts within the case')),
                ('outcome', models.CharField(choices=[('claim', 'Goes to the claim'), ('walk_in', 'Counts as a walk-in'), ('undecided', 'A person decides')], max_length=10)),
                ('party', models.CharField(blank=True, max_length=80)),
                ('fired', models.JSONField(default=list, help_text='rule, party and event of each rule')),
                ('losing', models.JSONField(default=list, help_text='the claims that lost, and why')),
                ('versions', models.JSONField(default=list, help_text='versions of the rules that were asked')),
                ('digest', models.CharField(help_text='SHA-256 of the events and rules', max_length=64)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('at', models.DateTimeField()),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ClaimEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('reported', 'Reported'), ('verified', 'Verified'), ('visited', 'Visited'), ('re_reported', 'Reported again'), ('deposit', 'Deposit paid'), ('signed', 'Contract signed')], max_length=12)),
                ('party', models.CharField(blank=True, max_length=80, verbose_name='agency or colleague')),
                ('at', models.DateTimeField()),
                ('facts', models.JSONField(default=dict, help_text='what the server knew at that moment')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.RemoveConstraint(
            model_name='purchase',
            name='purchase_names_its_unit',
        ),
        migrations.AddField(
            model_name='purchase',
            name='external_id',
            field=models.CharField(blank=True, db_default='', max_length=80),
        ),
        migrations.AddField(
            model_name='purchase',
            name='external_source',
            field=models.CharField(blank=True, db_default='', help_text='of imports: the system that numbered', max_length=40),
        ),
        migrations.AddConstraint(
            model_name='purchase',
            constraint=models.CheckConstraint(condition=models.Q(('unit__isnull', False), ('state', customers.purchase.rules.PurchaseState['PRESUBSCRIBED']), models.Q(('state', customers.purchase.rules.PurchaseState['SUBSCRIBED']), models.Q(('external_id', ''), _negated=True)), models.Q(('state__in', ['held', 'presubscribed', 'subscribed', 'signed', 'handed_over']), _negated=True), _connector='OR'), name='purchase_names_its_unit'),
        ),
        migrations.AddConstraint(
            model_name='purchase',
            constraint=models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('external_source', 'external_id'), name='purchase_external_id_once'),
        ),
        migrations.AddField(
            model_name='claimcase',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='claim_cases', to='customers.customer'),
        ),
        migrations.AddField(
            model_name='claimcase',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='claim_cases', to='customers.project'),
        ),
        migrations.AddField(
            model_name='claimdecision',
            name='appealed',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to='customers.claimdecision'),
        ),
        migrations.AddField(
            model_name='claimdecision',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='customers.claimcase'),
        ),
        migrations.AddField(
            model_name='claimdecision',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='claimevent',
            name='actor',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='claimevent',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='customers.claimcase'),
        ),
        migrations.AddField(
            model_name='claimevent',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer'),
        ),
        migrations.AddIndex(
            model_name='claimcase',
            index=models.Index(fields=['project', '-opened_at'], name='claim_case_by_project'),
        ),
        migrations.AddConstraint(
            model_name='claimcase',
            constraint=models.UniqueConstraint(fields=('project', 'customer'), name='claim_case_once'),
        ),
        migrations.AddConstraint(
            model_name='claimdecision',
            constraint=models.UniqueConstraint(fields=('case', 'number'), name='claim_decision_number_once'),
        ),
        migrations.AddConstraint(
            model_name='claimdecision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'claim'), models.Q(('party', ''), _negated=True)), models.Q(models.Q(('outcome', 'claim'), _negated=True), ('party', '')), _connector='OR'), name='claim_decision_party_when_won'),
        ),
        migrations.AddConstraint(
            model_name='claimdecision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('appealed__isnull', True), ('decided_by__isnull', True)), models.Q(('decided_by__isnull', False), models.Q(('reason', ''), _negated=True), models.Q(('outcome', 'undecided'), _negated=True)), _connector='OR'), name='claim_decision_by_person_has_reason'),
        ),
        migrations.AddIndex(
            model_name='claimevent',
            index=models.Index(fields=['case', 'at'], name='claim_event_by_case'),
        ),
        migrations.AddIndex(
            model_name='claimevent',
            index=models.Index(fields=['party', 'at'], name='claim_event_by_party'),
        ),
        migrations.AddConstraint(
            model_name='claimevent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('party', ''), _negated=True), ('kind__in', ['visited', 'deposit', 'signed']), _connector='OR'), name='claim_event_names_party'),
        ),
        migrations.RunSQL(REFUSE, ALLOW),
    ]
