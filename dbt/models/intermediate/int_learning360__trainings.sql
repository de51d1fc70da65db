-- The trainings of clients: enrollments in path sessions, and classrooms outside of the client's sessions; each with the
-- time that sheets and path attest.
with trainings as (
    select
        source_relation,
        enrollment_id as training_id,
        'path' as training_kind,
        user_id,
        path_id,
        cast(null as text) as classroom_id,
        path_name as training_name,
        session_id,
        session_name,
        {{ local_date('start_at') }} as start_date,
        {{ local_date('end_at') }} as end_date,
        timing,
        enrolled_at,
        is_archived,
        is_current,
        started_at,
        completed_at,
        progress,
        status,
        score,
        has_certificate,
        time_ms,
        is_unknown
    from {{ ref('int_learning360__enrollments') }}
    where is_client
    union all
    select
        source_relation, training_id, 'classroom', user_id, null, classroom_id, classroom_name, null, null,
        cast(start_local as date), cast(end_local as date),
        case when start_at is null and end_at is null then 'unknown' else {{ timing('start_at', 'end_at') }} end,
        enrolled_at, false, true, null, null, null, null, null, false, 0, false
    from {{ ref('int_learning360__classroom_trainings') }}
),

-- Shares of slots: hours are summed before they are rounded. A sum with a slot of unknown duration is unknown.
attended as (
    select
        source_relation,
        training_id,
        case when count(duration_ms) = count(*) then sum({{ shared('duration_ms', 'sheets_of_slot') }}) end as shares,
        case
            when count(case when not is_virtual and duration_ms is null then 1 end) = 0
                then coalesce(sum(case when not is_virtual then {{ shared('duration_ms', 'sheets_of_slot') }} end), 0)
        end as in_person_shares,
        case
            when count(case when is_virtual and duration_ms is null then 1 end) = 0
                then coalesce(sum(case when is_virtual then {{ shared('duration_ms', 'sheets_of_slot') }} end), 0)
        end as virtual_shares,
        min(cast(start_local as date)) as first_date,
        max(cast(coalesce(end_local, start_local) as date)) as last_date
    from {{ ref('int_learning360__attendances') }}
    where is_client and is_signed and is_present
    group by source_relation, training_id
),

activity as (
    select source_relation, user_id, session_id, max(last_activity_at) as last_activity_at
    from {{ ref('int_learning360__attempts') }}
    where session_id is not null
    group by source_relation, user_id, session_id
)

select
    trainings.source_relation,
    trainings.training_id,
    trainings.training_kind,
    trainings.user_id,
    case when completions.enrollment_id is null then learners.firm else completions.firm_at_completion end as firm,
    trainings.path_id,
    trainings.classroom_id,
    trainings.training_name,
    trainings.session_id,
    trainings.session_name,
    trainings.start_date,
    trainings.end_date,
    trainings.timing,
    trainings.enrolled_at,
    trainings.is_archived,
    trainings.started_at,
    trainings.completed_at,
    trainings.progress,
    trainings.status,
    trainings.score,
    trainings.has_certificate,
    trainings.is_unknown,
    trainings.time_ms,
    -- The API dates no time: that of an enrollment is of the day of its completion, else of the last activity that is known.
    {{ local_date('coalesce(trainings.completed_at, activity.last_activity_at, trainings.started_at, trainings.enrolled_at)') }} as online_date,
    case when attended.training_id is null then 0 else attended.shares end as attended_shares,
    case when attended.training_id is null then 0 else attended.in_person_shares end as in_person_shares,
    case when attended.training_id is null then 0 else attended.virtual_shares end as virtual_shares,
    least({{ local_date('trainings.started_at') }}, attended.first_date) as first_date,
    greatest({{ local_date('coalesce(trainings.completed_at, activity.last_activity_at)') }}, attended.last_date) as last_date,
    attended.training_id is not null or coalesce(trainings.time_ms > 0, false)
    or trainings.started_at is not null or trainings.completed_at is not null as has_begun
from trainings
inner join {{ ref('int_learning360__learners') }} as learners
    on trainings.source_relation = learners.source_relation and trainings.user_id = learners.user_id
left join {{ ref('int_learning360__completions') }} as completions
    on trainings.source_relation = completions.source_relation and trainings.training_id = completions.enrollment_id
left join attended on trainings.source_relation = attended.source_relation and trainings.training_id = attended.training_id
left join activity
    on trainings.source_relation = activity.source_relation
    and trainings.user_id = activity.user_id
    -- One of several enrollments in a session has its activity.
    and case when trainings.is_current then trainings.session_id end = activity.session_id
