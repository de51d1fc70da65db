with attempted as (
    select
        attempts.path_id,
        attempts.course_id,
        count(distinct attempts.user_id) as learners,
        count(distinct case when attempts.is_completed then attempts.user_id end) as completed,
        sum(attempts.time_ms) as time_ms,
        coalesce(sum(attempts.best_score), 0) as score_sum,
        count(attempts.best_score) as scores
    from {{ ref('int_attempts') }} as attempts
    inner join {{ ref('int_learners') }} as learners on attempts.user_id = learners.user_id
    where learners.is_client
    group by attempts.path_id, attempts.course_id
)

select
    coalesce(attempted.path_id, '') || '|' || attempted.course_id as module_id,
    attempted.path_id,
    paths.name as path_name,
    attempted.course_id,
    courses.name as course_name,
    cast(attempted.learners as bigint) as learners,
    cast(attempted.completed as bigint) as completed,
    {{ hours('attempted.time_ms') }} as time_hours,
    {{ ratio('attempted.time_ms', '60000 * attempted.learners', 2) }} as minutes_per_learner,
    {{ average('attempted.score_sum', 'attempted.scores') }} as average_best_score
from attempted
left join {{ ref('stg_paths') }} as paths on attempted.path_id = paths.path_id
left join {{ ref('stg_courses') }} as courses on attempted.course_id = courses.course_id
