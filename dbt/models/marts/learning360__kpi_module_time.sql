{{ mart(key=['module_id']) }}
with attempted as (
    select
        attempts.source_relation,
        attempts.path_id,
        attempts.course_id,
        count(distinct attempts.user_id) as learners,
        count(distinct case when attempts.is_completed then attempts.user_id end) as completed,
        case when count(attempts.time_ms) = count(*) then sum(attempts.time_ms) end as time_ms,
        case when count(attempts.time_ms) = count(*) then coalesce(sum(attempts.best_score), 0) end as score_sum,
        count(attempts.best_score) as scores
    from {{ ref('int_learning360__attempts') }} as attempts
    inner join {{ ref('int_learning360__learners') }} as learners
        on attempts.source_relation = learners.source_relation and attempts.user_id = learners.user_id
    where learners.is_client
    group by attempts.source_relation, attempts.path_id, attempts.course_id
)

select
    attempted.source_relation,
    coalesce(attempted.path_id, '') || '|' || coalesce(attempted.course_id, '') as module_id,
    attempted.path_id,
    paths.name as path_name,
    attempted.course_id,
    coalesce(courses.name, attempted.course_id) as course_name,
    cast(attempted.learners as bigint) as learners,
    cast(attempted.completed as bigint) as completed,
    {{ hours('attempted.time_ms') }} as time_hours,
    {{ ratio('attempted.time_ms', '60000 * attempted.learners', 2) }} as minutes_per_learner,
    {{ average('attempted.score_sum', 'attempted.scores') }} as average_best_score
from attempted
left join {{ ref('stg_learning360__paths') }} as paths
    on attempted.source_relation = paths.source_relation and attempted.path_id = paths.path_id
left join {{ ref('stg_learning360__courses') }} as courses
    on attempted.source_relation = courses.source_relation and attempted.course_id = courses.course_id
