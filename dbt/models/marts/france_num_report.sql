with trainings as (
    select
        enrollment_id as training_id,
        'path' as training_kind,
        user_id,
        path_id,
        path_name as training_name,
        session_id,
        session_name,
        start_at,
        end_at,
        enrolled_at,
        is_archived,
        started_at,
        completed_at,
        progress,
        status,
        score,
        has_certificate,
        time_ms
    from {{ ref('int_enrollments') }}
    where is_client
    union all
    select
        training_id, 'classroom', user_id, null, classroom_name, null, null, start_at, end_at, enrolled_at, false, null,
        null, null, null, null, false, 0
    from {{ ref('int_classroom_trainings') }}
),

modules as (
    select
        modules.enrollment_id as training_id,
        count(*) as modules,
        sum(case when modules.is_completed then 1 else 0 end) as modules_completed,
        sum(modules.time_ms) as time_ms
    from {{ ref('int_training_modules') }} as modules
    group by modules.enrollment_id
),

module_texts as (
    select
        training_id,
        string_agg(
            course_name || ' : ' || cast(time_minutes as text) || ' min', ' ; '
            order by coalesce(position, 1000), course_name, course_id
        ) as detail
    from {{ ref('france_num_modules') }}
    where time_minutes > 0
    group by training_id
),

half_days as (
    select
        training_id,
        count(*) as half_days,
        sum(case when is_signed then 1 else 0 end) as half_days_signed,
        sum(case when is_signed and is_present then 1 else 0 end) as half_days_present,
        sum(case when is_signed and is_present then duration_hours else 0 end) as attended_hours,
        string_agg(
            cast(slot_date as text) || ' ' || coalesce(sheet_name, half_day) || ' : ' || presence_label, ' ; '
            order by slot_date, slot_id, sheet_position
        ) as detail
    from {{ ref('france_num_half_days') }}
    group by training_id
)

select
    trainings.training_id,
    trainings.training_kind,
    trainings.user_id,
    learners.display_name,
    learners.first_name,
    learners.last_name,
    learners.email,
    learners.phone,
    learners.job,
    {{ known('learners.firm') }} as firm,
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
    {{ local_date('trainings.start_at') }} as start_date,
    {{ local_date('trainings.end_at') }} as end_date,
    {{ timing('trainings.start_at', 'trainings.end_at') }} as timing,
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
    cast(coalesce(modules.modules, 0) as bigint) as modules,
    cast(coalesce(modules.modules_completed, 0) as bigint) as modules_completed,
    {{ minutes('coalesce(modules.time_ms, 0)') }} as module_minutes,
    module_texts.detail as modules_detail,
    cast(coalesce(half_days.half_days, 0) as bigint) as half_days,
    cast(coalesce(half_days.half_days_signed, 0) as bigint) as half_days_signed,
    cast(coalesce(half_days.half_days_present, 0) as bigint) as half_days_present,
    {{ rate('half_days.half_days_present', 'half_days.half_days_signed') }} as attendance_rate,
    cast(coalesce(half_days.attended_hours, 0) as numeric(18, 2)) as attended_hours,
    half_days.detail as presence_detail
from trainings
inner join {{ ref('int_learners') }} as learners on trainings.user_id = learners.user_id
left join modules on trainings.training_id = modules.training_id
left join module_texts on trainings.training_id = module_texts.training_id
left join half_days on trainings.training_id = half_days.training_id
left join {{ ref('labels') }} as labels on trainings.status = labels.code and labels.kind = 'status'
