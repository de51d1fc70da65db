select
    attempts.user_id || '|' || coalesce(attempts.session_id, '') || '|' || attempts.course_id as learner_module_id,
    attempts.user_id,
    learners.display_name,
    {{ known('learners.firm') }} as firm,
    attempts.path_id,
    paths.name as path_name,
    attempts.session_id,
    attempts.course_id,
    courses.name as course_name,
    cast(attempts.attempts as bigint) as attempts,
    {{ minutes('attempts.time_ms') }} as time_minutes,
    cast(attempts.progress as bigint) as progress,
    cast(attempts.best_score as bigint) as best_score,
    attempts.is_completed,
    {{ local_date('attempts.completed_at') }} as completed_date,
    attempts.last_activity_at
from {{ ref('int_attempts') }} as attempts
inner join {{ ref('int_learners') }} as learners on attempts.user_id = learners.user_id
left join {{ ref('stg_paths') }} as paths on attempts.path_id = paths.path_id
left join {{ ref('stg_courses') }} as courses on attempts.course_id = courses.course_id
where learners.is_client
