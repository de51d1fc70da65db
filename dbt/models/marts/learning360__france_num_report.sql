{{ mart(key=['training_id']) }}
with modules as (
    select
        source_relation,
        enrollment_id as training_id,
        count(*) as modules,
        count(*) - count(time_ms) as unknown_modules,
        sum(case when is_completed then 1 else 0 end) as modules_completed,
        case when count(time_ms) = count(*) then sum(time_ms) end as time_ms
    from {{ ref('int_learning360__training_modules') }}
    group by source_relation, enrollment_id
),

module_texts as (
    select
        source_relation,
        training_id,
        {{ joined(
            known('course_name') ~ " || ' : ' || cast(time_minutes as text) || ' min'", ' ; ',
            'coalesce(position, 1000), ' ~ by_bytes('course_name') ~ ', course_id'
        ) }} as detail
    from {{ ref('learning360__france_num_modules') }}
    where time_minutes > 0
    group by source_relation, training_id
),

half_days as (
    select
        source_relation,
        training_id,
        count(*) as half_days,
        sum(case when is_signed then 1 else 0 end) as half_days_signed,
        sum(case when is_signed and is_present then 1 else 0 end) as half_days_present,
        {{ joined(
            "coalesce(cast(slot_date as text) || ' ', '') || coalesce(sheet_name, half_day_label, half_day) || ' : ' || " ~ known('presence_label'),
            ' ; ', 'slot_date, slot_id, sheet_position'
        ) }} as detail
    from (
        select half_days.*, labels.label as half_day_label
        from {{ ref('learning360__france_num_half_days') }} as half_days
        left join {{ ref('learning360__labels') }} as labels on half_days.half_day = labels.code and labels.kind = 'half_day'
    ) as labeled
    group by source_relation, training_id
),

-- Of several answers to the question whether they would recommend the training the latest counts.
answers as (
    select
        source_relation,
        training_id,
        count(*) as answers,
        sum(points) as points,
        count(points) as scores,
        max(case when recommendation_choice = 1 then case when would_recommend then 1 else 0 end end) as recommends,
        {{ joined('comment', ' ; ', "coalesce(answered_at, " ~ first_instant() ~ "), answer_id") }} as comments
    from (
        select
            *,
            case when would_recommend is not null then row_number() over (
                partition by source_relation, training_id, would_recommend is null
                order by coalesce(answered_at, {{ first_instant() }}) desc, answer_id
            ) end as recommendation_choice
        from {{ ref('int_learning360__feedback') }}
        where is_counted and training_id is not null
    ) as answers_of_trainings
    group by source_relation, training_id
)

select
    trainings.source_relation,
    trainings.training_id,
    trainings.training_kind,
    trainings.user_id,
    learners.display_name,
    learners.first_name,
    learners.last_name,
    learners.email,
    learners.phone,
    learners.job,
    {{ known('trainings.firm') }} as firm,
    learners.agency,
    learners.region,
    learners.department,
    learners.town,
    learners.postcode,
    learners.company,
    learners.siret,
    learners.legal_form,
    learners.activity_code,
    learners.activity,
    learners.sector,
    learners.kind,
    learners.company_size,
    learners.headcount,
    learners.company_manager,
    learners.file_number,
    learners.file_status,
    learners.funding,
    trainings.path_id,
    trainings.training_name,
    trainings.session_id,
    trainings.session_name,
    trainings.start_date,
    trainings.end_date,
    trainings.timing,
    {{ local_date('trainings.enrolled_at') }} as enrolled_date,
    trainings.is_archived,
    {{ local_date('trainings.started_at') }} as started_date,
    {{ local_date('trainings.completed_at') }} as completed_date,
    cast(trainings.progress as bigint) as progress,
    trainings.status,
    cast(coalesce(labels.label, trainings.status) as text) as status_label,
    cast(trainings.score as bigint) as score,
    trainings.has_certificate,
    {{ minutes('trainings.time_ms') }} as path_minutes,
    cast(case when {{ is_synced('course_stats', 'trainings.source_relation') }} then coalesce(modules.modules, 0) end as bigint) as modules,
    cast(
        case when {{ is_synced('course_stats', 'trainings.source_relation') }} then coalesce(modules.modules_completed, 0) end as bigint
    ) as modules_completed,
    {{ minutes(
        'case when ' ~ is_synced('course_stats', 'trainings.source_relation') ~ ' then case when modules.training_id is null then 0 else modules.time_ms end end'
    ) }} as module_minutes,
    case when coalesce(modules.unknown_modules, 0) = 0 then module_texts.detail end as modules_detail,
    cast(coalesce(half_days.half_days, 0) as bigint) as half_days,
    cast(coalesce(half_days.half_days_signed, 0) as bigint) as half_days_signed,
    cast(coalesce(half_days.half_days_present, 0) as bigint) as half_days_present,
    {{ rate('half_days.half_days_present', 'half_days.half_days_signed') }} as attendance_rate,
    {{ hours_of_shares('trainings.attended_shares') }} as attended_hours,
    {{ hours_of_shares('trainings.in_person_shares') }} as in_person_hours,
    {{ hours_of_shares('trainings.virtual_shares') }} as virtual_hours,
    {{ hours_of_shares('trainings.attended_shares + ' ~ whole('trainings.time_ms') ~ ' * ' ~ share_parts()) }} as total_hours,
    half_days.detail as presence_detail,
    cast(case when {{ is_synced('feedback', 'trainings.source_relation') }} then coalesce(answers.answers, 0) end as bigint) as answers,
    {{ mark('answers.points', 'answers.scores') }} as satisfaction,
    answers.recommends = 1 as would_recommend,
    answers.comments
from {{ ref('int_learning360__trainings') }} as trainings
inner join {{ ref('int_learning360__learners') }} as learners
    on trainings.source_relation = learners.source_relation and trainings.user_id = learners.user_id
left join modules on trainings.source_relation = modules.source_relation and trainings.training_id = modules.training_id
left join module_texts on trainings.source_relation = module_texts.source_relation and trainings.training_id = module_texts.training_id
left join half_days on trainings.source_relation = half_days.source_relation and trainings.training_id = half_days.training_id
left join answers on trainings.source_relation = answers.source_relation and trainings.training_id = answers.training_id
left join {{ ref('learning360__labels') }} as labels on trainings.status = labels.code and labels.kind = 'status'
