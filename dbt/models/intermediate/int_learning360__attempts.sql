-- The sums of a user's attempts at a course, by path session; the session is NULL for attempts outside of sessions. What
-- an attempt had before an activity later than `as_of` is unknown.
with dated as (
    select
        *,
        {{ came_later('last_activity_at') }} as is_unknown,
        {{ so_far('completed_at') }} as completed_by_then
    from {{ ref('int_learning360__attempts_of_sessions') }}
    where {{ was_there('first_activity_at') }}
)

select
    source_relation,
    user_id,
    path_id,
    session_id,
    course_id,
    count(*) as attempts,
    case when count(case when is_unknown then 1 end) = 0 then sum(coalesce(time_ms, 0)) end as time_ms,
    case when count(case when is_unknown then 1 end) = 0 then max(coalesce(progress, 0)) end as progress,
    case when count(case when is_unknown then 1 end) = 0 then max(score) end as best_score,
    count(completed_by_then) > 0 as is_completed,
    min(completed_by_then) as completed_at,
    case when count(case when is_unknown then 1 end) = 0 then max(last_activity_at) end as last_activity_at
from dated
group by source_relation, user_id, path_id, session_id, course_id
