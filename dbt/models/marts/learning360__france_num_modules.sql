{{ mart(key=['training_module_id']) }}
select
    modules.source_relation,
    modules.enrollment_id || '|' || coalesce(modules.course_id, '') as training_module_id,
    modules.enrollment_id as training_id,
    modules.user_id,
    modules.course_id,
    coalesce(courses.name, modules.course_id) as course_name,
    cast(modules.position as bigint) as position,
    cast(modules.attempts as bigint) as attempts,
    {{ minutes('modules.time_ms') }} as time_minutes,
    cast(modules.progress as bigint) as progress,
    cast(modules.best_score as bigint) as best_score,
    modules.is_completed,
    {{ local_date('modules.completed_at') }} as completed_date
from {{ ref('int_learning360__training_modules') }} as modules
left join {{ ref('stg_learning360__courses') }} as courses
    on modules.source_relation = courses.source_relation and modules.course_id = courses.course_id
