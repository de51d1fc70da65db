{{ mart(key=['training_id']) }}
select
    trainings.source_relation,
    trainings.training_id,
    {{ literal(var('learning360_organization') or '') }} as organization,
    {{ literal(var('learning360_organization_number') or '') }} as organization_number,
    {{ literal(var('learning360_action_nature') or 'Action de formation') }} as action_nature,
    trainings.user_id,
    learners.display_name,
    learners.first_name,
    learners.last_name,
    learners.company,
    learners.siret,
    {{ known('trainings.firm') }} as firm,
    trainings.training_kind,
    trainings.training_name,
    trainings.session_name,
    coalesce(trainings.first_date, trainings.start_date) as start_date,
    coalesce(trainings.last_date, trainings.first_date, trainings.end_date) as end_date,
    {{ hours_of_shares('trainings.in_person_shares') }} as in_person_hours,
    {{ hours_of_shares('trainings.virtual_shares') }} as virtual_hours,
    {{ hours('trainings.time_ms') }} as online_hours,
    {{ hours_of_shares('trainings.attended_shares + ' ~ whole('trainings.time_ms') ~ ' * ' ~ share_parts()) }} as total_hours,
    {{ local_date('trainings.completed_at') }} as completed_date,
    trainings.completed_at is not null
    or (trainings.training_kind = 'classroom' and trainings.timing = 'past') as is_over
from {{ ref('int_learning360__trainings') }} as trainings
inner join {{ ref('int_learning360__learners') }} as learners
    on trainings.source_relation = learners.source_relation and trainings.user_id = learners.user_id
where trainings.has_begun
