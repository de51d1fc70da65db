{{ mart(key=['learner_module_id']) }}
select
    attempts.source_relation,
    attempts.user_id || '|' || coalesce(attempts.path_id, '') || '|' || coalesce(attempts.session_id, '')
    || '|' || coalesce(attempts.course_id, '') as learner_module_id,
    attempts.user_id,
    learners.display_name,
    {{ known('learners.firm') }} as firm,
    attempts.path_id,
    paths.name as path_name,
    attempts.session_id,
    attempts.course_id,
    coalesce(courses.name, attempts.course_id) as course_name,
    cast(attempts.attempts as bigint) as attempts,
    {{ minutes('attempts.time_ms') }} as time_minutes,
    cast(attempts.progress as bigint) as progress,
    cast(attempts.best_score as bigint) as best_score,
    attempts.is_completed,
    {{ local_date('attempts.completed_at') }} as completed_date,
    attempts.last_activity_at,
    {{ local_time('attempts.last_activity_at') }} as last_activity_local
from {{ ref('int_learning360__attempts') }} as attempts
inner join {{ ref('int_learning360__learners') }} as learners
    on attempts.source_relation = learners.source_relation and attempts.user_id = learners.user_id
left join {{ ref('stg_learning360__paths') }} as paths
    on attempts.source_relation = paths.source_relation and attempts.path_id = paths.path_id
left join {{ ref('stg_learning360__courses') }} as courses
    on attempts.source_relation = courses.source_relation and attempts.course_id = courses.course_id
where learners.is_client
