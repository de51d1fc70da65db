{{ mart(key=['training_id']) }}
with firsts as (
    select
        source_relation,
        enrollment_id as training_id,
        row_number() over (partition by source_relation, user_id order by completed_at, enrollment_id) as nth
    from {{ ref('int_learning360__completions') }}
)

select
    trainings.source_relation,
    trainings.training_id,
    trainings.training_kind,
    trainings.user_id,
    {{ known('learners.firm') }} as firm,
    {{ known('trainings.firm') }} as firm_of_report,
    {{ known('learners.agency') }} as agency,
    {{ known('learners.region') }} as region,
    trainings.path_id,
    trainings.classroom_id,
    trainings.session_id,
    trainings.training_name,
    trainings.timing,
    trainings.start_date,
    trainings.end_date,
    {{ local_date('trainings.enrolled_at') }} as enrolled_date,
    {{ local_date('trainings.started_at') }} as started_date,
    {{ local_date('trainings.completed_at') }} as completed_date,
    trainings.online_date,
    {{ counted("trainings.training_kind = 'path' and not trainings.is_archived") }} as enrolments,
    {{ counted("trainings.training_kind = 'path' and not trainings.is_archived and trainings.completed_at is not null") }} as enrolments_completed,
    case
        when trainings.training_kind <> 'path' or trainings.is_archived or trainings.completed_at is null then cast(0 as bigint)
        when not trainings.is_unknown then {{ counted("trainings.status = 'successful'") }}
    end as enrolments_successful,
    {{ counted('trainings.completed_at is not null') }} as completions,
    {{ counted('firsts.training_id is not null') }} as clients_trained,
    case when not trainings.is_archived then cast(trainings.score as bigint) end as score,
    {{ counted('not trainings.is_archived and trainings.score is not null') }} as scores,
    cast(trainings.time_ms as bigint) as online_ms
from {{ ref('int_learning360__trainings') }} as trainings
inner join {{ ref('int_learning360__learners') }} as learners
    on trainings.source_relation = learners.source_relation and trainings.user_id = learners.user_id
left join firsts
    on trainings.source_relation = firsts.source_relation and trainings.training_id = firsts.training_id and firsts.nth = 1
