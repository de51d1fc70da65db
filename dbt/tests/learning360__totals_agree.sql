-- Marts that count the same things must agree, account by account.
{%- set totals = {
    'clients_trained': ['learning360__kpi_clients_trained', 'sum(clients_trained)', ''],
    'enrolments': ['learning360__kpi_enrolments', 'sum(enrolments)', ''],
    'registrations': ['learning360__kpi_slot_fill', 'sum(registered)', ''],
    'in_person_slots': ['learning360__in_person_training', 'count(*)', ''],
    'clients_enrolled': ['learning360__kpi_learner_breakdown', 'sum(learners)', "where dimension = 'region'"],
    'capacity': ['learning360__kpi_fill_by_month', 'sum(capacity)', "where timing <> 'coming'"],
    'enrolments_completed': ['learning360__facts_trainings', 'sum(enrolments_completed)', ''],
    'registrations_declined': ['learning360__facts_registrations', 'sum(declined)', ''],
    'answers': ['learning360__facts_feedback', 'sum(answers)', ''],
    'capacity_coming': ['learning360__kpi_fill_by_month', 'sum(capacity)', "where timing = 'coming'"],
} %}

with counted as (
    {%- for column, (mart, count, condition) in totals.items() %}
    select source_relation, '{{ column }}' as total, {{ count }} as counted from {{ ref(mart) }} {{ condition }} group by source_relation
    union all
    {%- endfor %}
    select source_relation, 'enrolments of the report', count(*)
    from {{ ref('learning360__france_num_report') }}
    where training_kind = 'path' and not is_archived
    group by source_relation
),

expected as (
    {%- for column in totals %}
    select source_relation, '{{ column }}' as total, {{ column }} as expected from {{ ref('learning360__kpi_overview') }}
    union all
    {%- endfor %}
    select source_relation, 'enrolments of the report', enrolments from {{ ref('learning360__kpi_overview') }}
)

select expected.source_relation, expected.total, expected.expected, counted.counted
from expected
left join counted on expected.source_relation = counted.source_relation and expected.total = counted.total
where expected.expected <> coalesce(counted.counted, 0)
